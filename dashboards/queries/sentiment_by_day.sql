-- 每日情感倾向（工单） sentiment_by_day
-- numerator:   matching cases by local day of submission and sentiment of the text
-- denominator: the cases of that day
-- exclusions:  submissions without a case
-- source:      case_facts.sentiment as the analysis gave it
SELECT (f.submitted_at AT TIME ZONE %(zone)s)::date AS day, f.sentiment::text AS key, count(*) AS value
FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
JOIN case_facts(%(as_of)s) f USING (id)
GROUP BY 1, 2
ORDER BY 1, 2
