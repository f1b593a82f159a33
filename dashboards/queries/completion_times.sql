-- 办理时长 completion_times
-- numerator:   matching cases by `by` (their appeal type, lead department or first-level topic; 'none' = not known), by
--              how many whole natural days they took from submission to completion, and whether they are completed; a
--              case that is open, or whose completion was taken back, counts as watched until now (`completed` false)
-- denominator: none (all of them together are `received` of totals.sql)
-- exclusions:  those of matching_cases: submissions without a case, cases merged into another, letters that were split
-- source:      case_facts, topics; DOMAIN 2.1: days are natural days, 24 hours each, rounded down
SELECT CASE %(by)s::text
           WHEN 'appeal_type' THEN f.appeal_type::text
           WHEN 'department' THEN coalesce(f.lead_department_id, 'none')
           WHEN 'topic' THEN coalesce(t.parent_code, t.code, 'none')
           ELSE '' END AS key,
       greatest(0, floor(extract(epoch FROM
           CASE WHEN f.is_completed THEN coalesce(f.completed_at, %(as_of)s) ELSE %(as_of)s END - f.submitted_at)
           / 86400))::integer AS days,
       coalesce(f.is_completed AND f.completed_at IS NOT NULL, false) AS completed,
       count(*) AS cases
FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
JOIN case_facts(%(as_of)s) f USING (id)
LEFT JOIN topics t ON t.code = f.topic_code
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
