-- 主办单位分布 volume_by_department
-- numerator:   matching cases by lead department now
-- denominator: the matching cases; key NULL = no lead yet
-- exclusions:  co-handling departments (a case would count twice), submissions without a case;
--              cases merged into another, letters that were split (their parts count): matching_cases
-- source:      case_facts.lead_department_id
SELECT n.lead_department_id AS key, d.short_name AS label, n.value
FROM (
    SELECT f.lead_department_id, count(*) AS value
    FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
    JOIN case_facts(%(as_of)s) f USING (id)
    GROUP BY f.lead_department_id
) n
LEFT JOIN departments d ON d.id = n.lead_department_id
ORDER BY n.value DESC, n.lead_department_id
