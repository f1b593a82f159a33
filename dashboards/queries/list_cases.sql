-- 工单清单 list_cases
-- numerator:   the cases behind a number, one page of them in a stable order
-- denominator: none; the total is `received` of totals.sql under the same criteria
-- exclusions:  submissions without a case;
--              cases merged into another, letters that were split (their parts count): matching_cases
-- source:      case_facts with the names of topic, region and department
SELECT f.id, f.case_number, f.title, f.channel, f.status, f.appeal_type, f.topic_code, t.name AS topic_name,
       f.region_code, r.name AS region_name, f.lead_department_id, d.short_name AS lead_department_name,
       f.sentiment, f.emotion, f.negative_aspects, f.urgency, f.confidential, f.submitted_at, f.dispatched_at, f.acknowledged_at, f.completed_at,
       f.due_date, f.due_at, f.is_open, f.is_overdue, f.is_completed, f.is_due, f.is_on_time
FROM (
    SELECT f.*
    FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
    JOIN case_facts(%(as_of)s) f USING (id)
    ORDER BY
        -- time left: open cases first, least time first; what has no time limit comes after what has
        CASE WHEN %(sort)s = 'time_left' THEN NOT f.is_open END,
        CASE WHEN %(sort)s = 'urgency' THEN f.urgency END DESC,
        CASE WHEN %(sort)s IN ('time_left', 'urgency', 'due') THEN f.due_at END NULLS LAST,
        CASE WHEN %(sort)s = 'oldest' THEN f.submitted_at END,
        f.submitted_at DESC, f.id DESC
    LIMIT %(limit)s OFFSET %(offset)s
) f
LEFT JOIN topics t ON t.code = f.topic_code
LEFT JOIN regions r ON r.code = f.region_code
LEFT JOIN departments d ON d.id = f.lead_department_id
ORDER BY
    CASE WHEN %(sort)s = 'time_left' THEN NOT f.is_open END,
    CASE WHEN %(sort)s = 'urgency' THEN f.urgency END DESC,
    CASE WHEN %(sort)s IN ('time_left', 'urgency', 'due') THEN f.due_at END NULLS LAST,
    CASE WHEN %(sort)s = 'oldest' THEN f.submitted_at END,
    f.submitted_at DESC, f.id DESC
