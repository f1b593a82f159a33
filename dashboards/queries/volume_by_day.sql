-- 每日工单量 volume_by_day
-- numerator:   matching cases by the local day on which they were submitted; days without a case are absent
-- denominator: none
-- exclusions:  submissions without a case;
--              cases merged into another, letters that were split (their parts count): matching_cases
-- source:      case_facts.submitted_at in the zone of the installation
SELECT (f.submitted_at AT TIME ZONE %(zone)s)::date AS day, count(*) AS value
FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
JOIN case_facts(%(as_of)s) f USING (id)
GROUP BY 1
ORDER BY 1
