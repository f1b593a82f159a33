-- 条线的归并 duty_groups
-- numerator:   for each department the duty that it is counted under; several units share one (属地)
-- denominator: none
-- exclusions:  none
-- source:      departments
SELECT d.id AS code, d.duty AS key, d.short_name AS label FROM departments d
