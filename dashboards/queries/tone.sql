-- 负面工单针对什么 tone
-- numerator:   negative_at_authority = matching cases whose text is negative and says displeasure with the department,
--              the reply or a policy; negative_at_department, negative_at_reply, negative_at_policy = with each of these (a
--              text may be displeased with several)
-- denominator: negative = matching cases whose text is negative; the rest of them only say that the matter is bad
-- exclusions:  submissions without a case; neutral and positive texts;
--              cases merged into another, letters that were split (their parts count): matching_cases
-- source:      case_facts.sentiment and negative_aspects as the analysis gave them; the function displeased_with
SELECT count(*) AS negative,
       count(*) FILTER (WHERE displeased_with(f.negative_aspects, 'authority')) AS negative_at_authority,
       count(*) FILTER (WHERE displeased_with(f.negative_aspects, 'department')) AS negative_at_department,
       count(*) FILTER (WHERE displeased_with(f.negative_aspects, 'reply')) AS negative_at_reply,
       count(*) FILTER (WHERE displeased_with(f.negative_aspects, 'policy')) AS negative_at_policy
FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
JOIN case_facts(%(as_of)s) f USING (id)
WHERE f.sentiment = 'negative'
