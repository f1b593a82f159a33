-- 将到期 due_soon
-- numerator:   open cases by lead department and by when they fall due: late already, today, tomorrow, on the days after
--              up to `last`; those whose clock stands are apart
-- denominator: none
-- exclusions:  cases without a lead or a time limit, and those due later
-- source:      case_facts; case_suspensions that run
SELECT f.lead_department_id AS department_id, d.name,
       count(*) FILTER (WHERE f.is_overdue) AS overdue,
       count(*) FILTER (WHERE NOT s.stands AND NOT f.is_overdue AND f.due_date <= %(today)s) AS today,
       count(*) FILTER (WHERE NOT s.stands AND NOT f.is_overdue AND f.due_date = %(today)s::date + 1) AS tomorrow,
       count(*) FILTER (WHERE NOT s.stands AND NOT f.is_overdue AND f.due_date > %(today)s::date + 1
                          AND f.due_date <= %(last)s) AS soon,
       count(*) FILTER (WHERE s.stands) AS suspended
FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
JOIN case_facts(%(as_of)s) f USING (id)
JOIN departments d ON d.id = f.lead_department_id
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM case_suspensions p WHERE p.case_id = f.id AND p.state = 'running') AS stands
) s
WHERE f.is_open AND (s.stands OR f.due_date <= greatest(%(last)s::date, %(today)s::date + 1))
GROUP BY f.lead_department_id, d.name
ORDER BY overdue DESC, today DESC, tomorrow DESC, soon DESC, f.lead_department_id
