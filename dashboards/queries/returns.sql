-- 退单 returns
-- numerator:   asked = cases that a unit asked to return at least once; accepted, refused = at least one such request was
-- denominator: dispatched = cases that have been dispatched; of accepted and refused: asked
-- exclusions:  cases in triage that were never dispatched; how often one case was returned counts once
-- source:      case_returns, case_facts.dispatched_at
SELECT count(*) FILTER (WHERE f.dispatched_at IS NOT NULL) AS dispatched,
       count(r.case_id) AS asked,
       count(*) FILTER (WHERE r.accepted) AS accepted,
       count(*) FILTER (WHERE r.refused) AS refused
FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
JOIN case_facts(%(as_of)s) f USING (id)
LEFT JOIN (
    SELECT case_id, bool_or(state = 'accepted') AS accepted, bool_or(state = 'refused') AS refused
    FROM case_returns GROUP BY case_id
) r ON r.case_id = m.id
