-- 渠道分布 volume_by_channel
-- numerator:   matching cases by channel
-- denominator: the matching cases
-- exclusions:  submissions without a case;
--              cases merged into another, letters that were split (their parts count): matching_cases
-- source:      case_facts.channel
SELECT f.channel::text AS key, NULL AS label, count(*) AS value
FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
JOIN case_facts(%(as_of)s) f USING (id)
GROUP BY f.channel
ORDER BY value DESC, key
