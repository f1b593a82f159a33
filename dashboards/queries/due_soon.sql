-- 将到期 due_soon
-- numerator:   open cases by lead department and by when they fall due: late already, today, tomorrow, on the days after
--              up to `last`; those whose clock stands are apart
-- denominator: none
-- exclusions:  cases without a lead or a time limit, and those due later
-- source:      case_facts; case_suspensions that run
SELECT n.department_id, d.name, n.overdue, n.today, n.tomorrow, n.soon, n.suspended
FROM (
    SELECT f.lead_department_id AS department_id,
           count(*) FILTER (WHERE f.is_overdue) AS overdue,
           count(*) FILTER (WHERE NOT s.stands AND NOT f.is_overdue AND f.due_date <= %(today)s) AS today,
           count(*) FILTER (WHERE NOT s.stands AND NOT f.is_overdue AND f.due_date = %(today)s::date + 1) AS tomorrow,
           count(*) FILTER (WHERE NOT s.stands AND NOT f.is_overdue AND f.due_date > %(today)s::date + 1
                              AND f.due_date <= %(last)s) AS soon,
           count(*) FILTER (WHERE s.stands) AS suspended
    FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
    JOIN case_facts(%(as_of)s) f USING (id)
    LEFT JOIN case_suspensions p ON p.case_id = f.id AND p.state = 'running'
    CROSS JOIN LATERAL (SELECT p.id IS NOT NULL AS stands) s
    WHERE f.is_open AND (s.stands OR f.due_date <= greatest(%(last)s::date, %(today)s::date + 1))
    GROUP BY f.lead_department_id
) n
JOIN departments d ON d.id = n.department_id
ORDER BY n.overdue DESC, n.today DESC, n.tomorrow DESC, n.soon DESC, n.department_id
