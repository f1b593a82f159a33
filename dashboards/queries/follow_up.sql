-- 响应率、解决率、满意率、重办率 follow_up
-- numerator:   responded: sign-in and first contact of the leading unit all in time; callback_solved: "solved" (not: in
--              part), and the same person did not come back with the matter (returned_matters); callback_satisfied: very satisfied or satisfied, and basically satisfied where the rule by which
--              the case was drawn says so; reworked: done anew after a callback at least once
-- denominator: response_due: both clocks met, or one late by now; callback_valid: drawn and answered, of the last
--              completion; finished: completed at least once
-- exclusions:  merged and split cases (is_counted). No answer (unreachable) and refused are in neither part of the rates
--              of callbacks and are counted beside them; answers of submitters who were not drawn are left out: who
--              answers by himself is no sample. Clocks that ended before they were due, the case taken from the unit
-- source:      case_in_state, the definition of the lists; DOMAIN 2.1 formulas 5, 7, 9
SELECT count(*) FILTER (WHERE k.response_due) AS response_due,
       count(*) FILTER (WHERE k.responded) AS responded,
       count(*) FILTER (WHERE b.valid) AS callback_valid,
       count(*) FILTER (WHERE b.solved) AS callback_solved,
       count(*) FILTER (WHERE b.satisfied) AS callback_satisfied,
       count(*) FILTER (WHERE b.waiting) AS callback_waiting,
       count(*) FILTER (WHERE b.unreachable) AS callback_unreachable,
       count(*) FILTER (WHERE b.refused) AS callback_refused,
       count(*) FILTER (WHERE f.is_completed OR b.ever) AS finished,
       count(*) FILTER (WHERE b.reworked) AS reworked
FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
JOIN case_facts(%(as_of)s) f ON f.id = m.id
-- the same conditions as in case_in_state, read once a case: a function of queries, called ten times a case, takes
-- milliseconds each
CROSS JOIN LATERAL (
    SELECT bool_and(u.met_at IS NOT NULL) OR bool_or(coalesce(u.met_at, %(as_of)s) > u.due_at) AS response_due,
           bool_and(coalesce(u.met_at <= u.due_at, false)) AS responded
    FROM unit_clocks u
    WHERE u.case_id = m.id AND u.department_id = f.lead_department_id
      AND (u.met_at IS NOT NULL OR u.ended_at IS NULL OR u.ended_at > u.due_at)
) k
CROSS JOIN LATERAL (
    SELECT count(*) > 0 AS ever, bool_or(c.decision = 'rework') AS reworked,
           bool_or(c.current AND c.state = 'waiting') AS waiting,
           bool_or(c.current AND c.state = 'unreachable') AS unreachable,
           bool_or(c.current AND c.state = 'refused') AS refused,
           bool_or(c.current AND c.draw <> 'not_drawn' AND c.state = 'done') AS valid,
           bool_or(c.current AND c.draw <> 'not_drawn' AND c.state = 'done' AND c.solved = 'yes'
                   AND NOT EXISTS (SELECT FROM returned_matters t
                                   WHERE t.case_id = c.case_id AND t.completed_at >= c.completed_at)) AS solved,
           bool_or(c.current AND c.draw <> 'not_drawn' AND c.state = 'done'
                   AND (c.satisfaction IN ('very', 'satisfied') OR c.satisfaction = 'basically' AND r.basically_counts)
                  ) AS satisfied
    FROM case_callbacks c JOIN callback_rules r ON r.id = c.rule_id
    WHERE c.case_id = m.id
) b
