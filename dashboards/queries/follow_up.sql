-- 响应率、解决率、满意率、重办率 follow_up
-- numerator:   responded: sign-in and first contact of the leading unit all in time; callback_solved: "solved" (not: in
--              part), and the same person did not come back with the matter (returned_matters); callback_satisfied: very
--              satisfied or satisfied, and basically satisfied where the rule by which the case was drawn says so;
--              reworked: done anew at least once after a callback of whoever wrote of it, merged letters too
-- denominator: response_due: both clocks met, or one late by now; callback_valid: drawn and answered: the last answer
--              stands until the next one, whatever happens between them; each person's answer, also where the letter is
--              merged into a case: it is the unit's that answered, whoever has the case now; finished: completed at
--              least once
-- exclusions:  split letters (their parts count). Merged cases, but for callbacks: a case is worked on once, and whoever
--              wrote is asked once for each case that answers, so answers are counted by letters and all else by cases.
--              No answer (unreachable) and refused are in neither part of the rates of callbacks and are counted beside
--              them, of the last completion, of the unit that has the case; answers of submitters who were not drawn are
--              left out: who answers by himself is no sample. Clocks
--              that ended before they were due, the case taken from the unit
-- source:      asked_cases, by matching_cases, the definition of the lists; DOMAIN 2.1 formulas 5, 7, 9
SELECT count(*) FILTER (WHERE w.counted AND k.response_due) AS response_due,
       count(*) FILTER (WHERE w.counted AND k.responded) AS responded,
       count(*) FILTER (WHERE b.valid) AS callback_valid,
       count(*) FILTER (WHERE b.solved) AS callback_solved,
       count(*) FILTER (WHERE b.satisfied) AS callback_satisfied,
       count(*) FILTER (WHERE b.waiting) AS callback_waiting,
       count(*) FILTER (WHERE b.unreachable) AS callback_unreachable,
       count(*) FILTER (WHERE b.refused) AS callback_refused,
       count(*) FILTER (WHERE w.counted AND (f.is_completed OR b.ever)) AS finished,
       count(*) FILTER (WHERE w.counted AND (b.reworked OR a.reworked)) AS reworked
FROM asked_cases(%(as_of)s, %(criteria)s) AS m(id, department, own)
JOIN case_facts(%(as_of)s) f ON f.id = m.id
-- what matching_cases counts where nothing of `counted` is asked for
CROSS JOIN LATERAL (
    SELECT m.own AND (f.is_counted OR %(criteria)s::jsonb->>'counted' IS NOT NULL OR f.case_number IS NOT DISTINCT FROM
           coalesce(%(criteria)s::jsonb->>'number', %(criteria)s::jsonb->>'text')) AS counted
) w
-- the same conditions as in matching_cases, read once a case
CROSS JOIN LATERAL (
    SELECT bool_and(u.met_at IS NOT NULL) OR bool_or(coalesce(u.met_at, %(as_of)s) > u.due_at) AS response_due,
           bool_and(coalesce(u.met_at <= u.due_at, false)) AS responded
    FROM unit_clocks u
    WHERE u.case_id = m.id AND u.department_id = f.lead_department_id
      AND (u.met_at IS NOT NULL OR u.ended_at IS NULL OR u.ended_at > u.due_at)
) k
CROSS JOIN LATERAL (
    SELECT count(*) > 0 AS ever, bool_or(c.decision = 'rework') AS reworked,
           m.own AND bool_or(c.current AND c.state = 'waiting') AS waiting,
           m.own AND bool_or(c.current AND c.state = 'unreachable' AND c.department_id = m.department) AS unreachable,
           m.own AND bool_or(c.current AND c.state = 'refused' AND c.department_id = m.department) AS refused,
           bool_or(c.stands AND c.department_id = m.department) AS valid,
           bool_or(c.stands AND c.department_id = m.department AND c.solved = 'yes'
                   AND NOT EXISTS (SELECT FROM returned_matters t
                                   WHERE t.case_id = c.case_id AND t.completed_at >= c.completed_at)) AS solved,
           bool_or(c.stands AND c.department_id = m.department
                   AND (c.satisfaction IN ('very', 'satisfied') OR c.satisfaction = 'basically' AND r.basically_counts)
                  ) AS satisfied
    FROM case_callbacks c JOIN callback_rules r ON r.id = c.rule_id
    WHERE c.case_id = m.id
) b
CROSS JOIN LATERAL (
    SELECT count(*) > 0 AS reworked FROM cases g JOIN case_callbacks c ON c.case_id = g.id AND c.decision = 'rework'
    WHERE g.merged_into = m.id
) a
