-- 每日情感倾向（工单） sentiment_by_day
-- numerator:   matching cases by local day of submission and tone of the text: positive, neutral, and of the negative
--              ones displeased (with the department, the reply or a policy) or matter (only the matter is bad)
-- denominator: the cases of that day
-- exclusions:  submissions without a case;
--              cases merged into another, letters that were split (their parts count): matching_cases
-- source:      case_facts.sentiment and negative_aspects as the analysis gave them; the function displeased_with
SELECT (f.submitted_at AT TIME ZONE %(zone)s)::date AS day,
       CASE WHEN f.sentiment <> 'negative' THEN f.sentiment::text
            WHEN displeased_with(f.negative_aspects, 'authority') THEN 'displeased' ELSE 'matter' END AS key,
       count(*) AS value
FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
JOIN case_facts(%(as_of)s) f USING (id)
GROUP BY 1, 2
ORDER BY 1, 2
