-- 单位名称 department_groups
-- numerator:   for each department its name as volume_by_department.sql gives it
-- denominator: none
-- exclusions:  none
-- source:      departments
SELECT d.id AS code, d.id AS key, d.short_name AS label FROM departments d
