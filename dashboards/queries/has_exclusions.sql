-- Whether any case was left out of any rate
-- counts:      accepted exclusions, there or not
-- exclusions:  none
-- source:      case_exclusions
SELECT EXISTS (SELECT FROM case_exclusions WHERE state = 'accepted') AS found
