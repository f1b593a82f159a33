-- 派单流向（转手部分） dispatch_flows
-- numerator:   cases whose first lead no longer leads, by the unit first dispatched to, how it was given on (returned: a
--              return was accepted; else redispatched) and who leads now; also those that wait in triage again
-- denominator: none
-- exclusions:  cases that were never dispatched; those that stayed with their first unit (first_dispatch by department)
-- source:      first_dispatches, case_returns, case_facts.lead_department_id
-- Those given on are few and have an index; of those that wait again only the ones without a unit are looked at.
SELECT d.first, CASE WHEN EXISTS (SELECT FROM case_returns r WHERE r.case_id = d.case_id AND r.state = 'accepted')
                     THEN 'returned' ELSE 'redispatched' END AS way,
       coalesce(d.last, 'none') AS last, count(*) AS cases
FROM (
    SELECT g.case_id, g.department_id AS first, f.lead_department_id AS last
    FROM first_dispatches g
    JOIN matching_cases(%(as_of)s, %(criteria)s) AS m(id) ON m.id = g.case_id
    JOIN case_facts(%(as_of)s) f ON f.id = m.id
    WHERE g.given_on_at IS NOT NULL
    UNION ALL
    SELECT g.case_id, g.department_id, NULL
    FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
    JOIN case_facts(%(as_of)s) f ON f.id = m.id
    JOIN first_dispatches g ON g.case_id = m.id
    WHERE g.given_on_at IS NULL AND f.lead_department_id IS NULL
) d
GROUP BY 1, 2, 3
ORDER BY 4 DESC, 1, 2, 3
