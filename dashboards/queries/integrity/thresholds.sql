-- 规则的数值 thresholds
-- numerator:   every threshold of every rule
-- denominator: none
-- exclusions:  none
-- source:      integrity_rules
SELECT rule, name, value FROM integrity_rules ORDER BY rule, name
