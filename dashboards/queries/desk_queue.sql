-- 单位待办队列 desk_queue
-- numerator:   the open cases of a unit by when they fall due, the first `limit` of each section, the least time first;
--              `total` counts the whole section; open_total, dispatched, in_progress and overdue all of the unit
-- denominator: none
-- exclusions:  cases that are completed, or have nothing to do for the unit
-- source:      case_facts, the clocks of the unit, what waits beside the status; the unit is the criterion `unit`
SELECT q.id, q.case_number, q.title, q.status, q.urgency, q.confidential, q.topic_code, q.region_code, q.due_date,
       q.due_at, q.section, q.total, q.open_total, q.dispatched, q.in_progress, q.overdue, q.version, q.role,
       k.acknowledge_due, k.contact_due,
       (SELECT v.due_at FROM case_supervisions v WHERE v.case_id = q.id AND v.answered_at IS NULL) AS supervision_due,
       EXISTS (SELECT FROM case_returns r WHERE r.case_id = q.id AND r.state = 'requested') AS return_asked,
       EXISTS (SELECT FROM case_extensions e WHERE e.case_id = q.id AND e.state = 'requested') AS extension_asked,
       EXISTS (SELECT FROM replies p WHERE p.case_id = q.id AND p.created_at > coalesce(
           (SELECT max(e.at) FROM case_events e WHERE e.case_id = q.id AND e.action = 'reopen'), '-infinity')) AS answered,
       EXISTS (SELECT FROM case_events o WHERE o.case_id = q.id AND o.action = 'opinion'
               AND o.payload->>'department' = %(unit)s AND o.at >= q.assigned_at) AS opinion_given
FROM (
    SELECT f.id, f.case_number, f.title, f.status, f.urgency, f.confidential, f.topic_code, f.region_code, f.due_date,
           f.due_at, c.version, w.section, a.role, a.assigned_at,
           count(*) OVER (PARTITION BY w.section) AS total, count(*) OVER () AS open_total,
           count(*) FILTER (WHERE f.status = 'dispatched') OVER () AS dispatched,
           count(*) FILTER (WHERE f.status = 'in_progress') OVER () AS in_progress,
           count(*) FILTER (WHERE f.is_overdue) OVER () AS overdue,
           row_number() OVER (PARTITION BY w.section ORDER BY f.due_at NULLS LAST, f.id) AS place
    FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
    JOIN case_facts(%(as_of)s) f USING (id)
    JOIN cases c ON c.id = f.id
    -- what the criterion `unit` means
    JOIN assignments a ON a.case_id = f.id AND a.ended_at IS NULL AND a.department_id = %(unit)s
    CROSS JOIN LATERAL (
        SELECT CASE WHEN EXISTS (SELECT FROM case_suspensions p WHERE p.case_id = f.id AND p.state = 'running')
                        THEN 'suspended'
                    WHEN f.is_overdue THEN 'overdue'
                    WHEN f.due_date <= %(today)s THEN 'today'
                    WHEN f.due_date <= %(week_end)s THEN 'week'
                    ELSE 'later' END AS section
    ) w
    WHERE f.is_open
      -- it follows from the two above, and says so to the indexes
      AND f.id IN (SELECT o.id FROM cases o
                   WHERE o.lead_department_id = %(unit)s AND o.status IN ('triage', 'dispatched', 'in_progress')
                   UNION ALL
                   SELECT h.case_id FROM assignments h
                   WHERE h.department_id = %(unit)s AND h.ended_at IS NULL AND h.role = 'co_handling')
) q
LEFT JOIN LATERAL (
    SELECT min(u.due_at) FILTER (WHERE u.kind = 'acknowledge') AS acknowledge_due,
           min(u.due_at) FILTER (WHERE u.kind = 'contact') AS contact_due
    FROM unit_clocks u
    WHERE u.case_id = q.id AND u.department_id = %(unit)s AND u.met_at IS NULL AND u.ended_at IS NULL
) k ON true
WHERE q.place <= %(limit)s
ORDER BY q.due_at NULLS LAST, q.id
