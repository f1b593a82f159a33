-- 将到期 due_soon
-- numerator:   open cases by lead department and by when they fall due: late already, today, tomorrow, on the days after
--              up to `last`; those whose clock stands are apart, and late besides where their time had passed
-- denominator: none
-- exclusions:  cases without a lead or a time limit, and those due later
-- source:      case_facts; case_suspensions that run
SELECT d.id AS department_id, d.name, sum(n.overdue)::bigint AS overdue, sum(n.today)::bigint AS today,
       sum(n.tomorrow)::bigint AS tomorrow, sum(n.soon)::bigint AS soon, sum(n.suspended)::bigint AS suspended
FROM (
    -- each of the three reads a stretch of an index, and none the cases that are due later
    SELECT f.lead_department_id, count(*) AS overdue, 0 AS today, 0 AS tomorrow, 0 AS soon, 0 AS suspended
    FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
    JOIN case_facts(%(as_of)s) f USING (id)
    WHERE f.is_overdue
    GROUP BY f.lead_department_id
    UNION ALL
    SELECT f.lead_department_id, 0, count(*) FILTER (WHERE f.due_date <= %(today)s),
           count(*) FILTER (WHERE f.due_date = %(today)s::date + 1),
           count(*) FILTER (WHERE f.due_date > %(today)s::date + 1 AND f.due_date <= %(last)s), 0
    FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
    JOIN case_facts(%(as_of)s) f USING (id)
    WHERE f.is_open AND f.due_at >= %(as_of)s AND f.due_date <= greatest(%(last)s::date, %(today)s::date + 1)
      -- the due day ends at, or holds, the due time: a day more is right in every time zone
      AND f.due_at < greatest(%(last)s::date, %(today)s::date + 1) + 2
      AND f.id NOT IN (SELECT p.case_id FROM case_suspensions p WHERE p.state = 'running')
    GROUP BY f.lead_department_id
    UNION ALL
    SELECT f.lead_department_id, 0, 0, 0, 0, count(*)
    FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
    JOIN case_facts(%(as_of)s) f USING (id)
    JOIN case_suspensions p ON p.case_id = f.id AND p.state = 'running'
    WHERE f.is_open
    GROUP BY f.lead_department_id
) n
JOIN departments d ON d.id = n.lead_department_id
GROUP BY d.id
ORDER BY overdue DESC, today DESC, tomorrow DESC, soon DESC, d.id
