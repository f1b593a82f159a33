-- 工单清单 list_cases
-- numerator:   the cases behind a number, one page of a run of them (dashboards/lists/case_order.py)
-- denominator: none; count_at_most counts them under the same criteria
-- exclusions:  submissions without a case; cases merged into others, unless `counted` asks for them
-- source:      case_facts with the names of topic, region and department. What stands between the marks is put there by
--              dashboards/lists/case_list_repository.py: conditions that follow from the criteria and say so to an index
SELECT f.id, f.case_number, f.title, f.channel, f.status, f.appeal_type, f.topic_code, t.name AS topic_name,
       f.region_code, r.name AS region_name, f.lead_department_id, d.short_name AS lead_department_name,
       f.sentiment, f.emotion, f.negative_aspects, f.urgency, f.confidential, f.submitted_at, f.dispatched_at, f.acknowledged_at, f.completed_at,
       f.due_date, f.due_at, f.is_open, f.is_overdue, f.is_completed, f.is_due, f.is_on_time,
       u.until_date AS suspended_until, f.merged_into IS NOT NULL AS is_merged, f.parent_id IS NOT NULL AS is_part,
       f.parts
FROM (
    /*rows*/
    SELECT f.*
    FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
    JOIN case_facts(%(as_of)s) f USING (id)
    WHERE true /*only*/
    ORDER BY f.due_at /*order*/
    LIMIT %(limit)s
    /*rows end*/
) f
LEFT JOIN topics t ON t.code = f.topic_code
LEFT JOIN regions r ON r.code = f.region_code
LEFT JOIN departments d ON d.id = f.lead_department_id
LEFT JOIN case_suspensions u ON u.case_id = f.id AND u.state = 'running'
ORDER BY f.due_at /*order*/
