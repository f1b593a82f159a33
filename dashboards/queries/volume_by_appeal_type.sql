-- 诉求类型分布 volume_by_appeal_type
-- numerator:   matching cases by appeal_type
-- denominator: the matching cases
-- exclusions:  submissions without a case;
--              cases merged into another, letters that were split (their parts count): matching_cases
-- source:      case_facts.appeal_type
SELECT f.appeal_type::text AS key, NULL AS label, count(*) AS value
FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
JOIN case_facts(%(as_of)s) f USING (id)
GROUP BY f.appeal_type
ORDER BY value DESC, key
