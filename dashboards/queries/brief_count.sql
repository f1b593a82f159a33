-- 报告数字复核 brief_count
-- numerator:   the cases that the criteria of a figure select, counted from the rows, not from the daily facts
-- denominator: none
-- exclusions:  those of matching_cases
-- source:      matching_cases
SELECT count(*) AS value FROM matching_cases(%(as_of)s, %(criteria)s)
