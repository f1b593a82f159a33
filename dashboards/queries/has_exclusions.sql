-- 有没有剔除的工单 has_exclusions
-- numerator:   found = whether any case was left out of any rate
-- denominator: none
-- exclusions:  asked for and not agreed to, or refused
-- source:      case_exclusions
SELECT EXISTS (SELECT FROM case_exclusions WHERE state = 'accepted') AS found
