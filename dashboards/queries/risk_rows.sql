-- 超期风险的依据 risk_rows
-- numerator:   cases with a lead and a time limit, and what was known of each at any moment: when it was given, accepted
--              and completed, how its time limit changed, when it was asked to be returned, when its clock stood
-- denominator: none
-- exclusions:  cases without a lead or a time limit; of those no longer running every case but each `step`-th, so that a
--              large city has as many rows as a small one
-- source:      case_facts, case_extensions, case_suspensions, case_returns
SELECT f.id, f.id %% %(step)s = 0 AS sampled, f.lead_department_id AS department,
       coalesce(t.parent_code, f.topic_code, 'none') AS topic, f.appeal_type::text AS appeal_type,
       f.dispatched_at, f.acknowledged_at, f.completed_at, f.due_at, f.is_open,
       coalesce(x.changes, '[]'::jsonb) AS changes, r.returns, coalesce(s.pauses, '[]'::jsonb) AS pauses
FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
JOIN case_facts(%(as_of)s) f USING (id)
LEFT JOIN topics t ON t.code = f.topic_code
CROSS JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_array(extract(epoch FROM c.at), extract(epoch FROM c.before), c.extended)
                     ORDER BY c.at) AS changes
    FROM (SELECT e.decided_at AS at, e.due_before AS before, true AS extended
          FROM case_extensions e WHERE e.case_id = f.id AND e.state = 'accepted'
          UNION ALL
          SELECT p.decided_at, p.due_at_before, false
          FROM case_suspensions p WHERE p.case_id = f.id AND p.due_at_before IS NOT NULL) c
) x
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(extract(epoch FROM b.requested_at)::float8), '{}') AS returns
    FROM case_returns b WHERE b.case_id = f.id
) r
CROSS JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_array(extract(epoch FROM p.decided_at), extract(epoch FROM p.ended_at))) AS pauses
    FROM case_suspensions p WHERE p.case_id = f.id AND p.due_at_before IS NOT NULL
) s
WHERE f.lead_department_id IS NOT NULL AND f.due_at IS NOT NULL AND f.dispatched_at IS NOT NULL
  AND (f.is_open AND f.due_at > %(as_of)s OR f.id %% %(step)s = 0)
