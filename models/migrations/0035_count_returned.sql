-- A matter with which the same person came back was not solved, whatever was said on the telephone (returned_matters, 0027).
CREATE OR REPLACE FUNCTION case_in_state(wanted bigint, state text, as_of timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT CASE state
        WHEN 'suspended' THEN EXISTS (
            SELECT FROM case_suspensions s WHERE s.case_id = wanted AND s.state = 'running')
        WHEN 'finished' THEN EXISTS (
            SELECT FROM cases c WHERE c.id = wanted AND (c.status IN ('completed', 'closed')
                OR EXISTS (SELECT FROM case_callbacks b WHERE b.case_id = c.id)))
        WHEN 'reworked' THEN EXISTS (
            SELECT FROM case_callbacks b WHERE b.case_id = wanted AND b.decision = 'rework')
        WHEN 'callback_waiting' THEN EXISTS (
            SELECT FROM case_callbacks b WHERE b.case_id = wanted AND b.current AND b.state = 'waiting')
        WHEN 'callback_unreachable' THEN EXISTS (
            SELECT FROM case_callbacks b WHERE b.case_id = wanted AND b.current AND b.state = 'unreachable')
        WHEN 'callback_refused' THEN EXISTS (
            SELECT FROM case_callbacks b WHERE b.case_id = wanted AND b.current AND b.state = 'refused')
        WHEN 'callback_valid' THEN EXISTS (
            SELECT FROM case_callbacks b
            WHERE b.case_id = wanted AND b.current AND b.draw <> 'not_drawn' AND b.state = 'done')
        WHEN 'callback_solved' THEN EXISTS (
            SELECT FROM case_callbacks b
            WHERE b.case_id = wanted AND b.current AND b.draw <> 'not_drawn' AND b.state = 'done' AND b.solved = 'yes'
              AND NOT EXISTS (SELECT FROM returned_matters m
                              WHERE m.case_id = b.case_id AND m.completed_at >= b.completed_at))
        WHEN 'callback_satisfied' THEN EXISTS (
            SELECT FROM case_callbacks b JOIN callback_rules r ON r.id = b.rule_id
            WHERE b.case_id = wanted AND b.current AND b.draw <> 'not_drawn' AND b.state = 'done'
              AND (b.satisfaction IN ('very', 'satisfied') OR b.satisfaction = 'basically' AND r.basically_counts))
        WHEN 'dissatisfied' THEN EXISTS (
            SELECT FROM case_callbacks b
            WHERE b.case_id = wanted AND b.current AND b.state = 'done' AND b.decision IS NULL
              AND (b.solved <> 'yes' OR b.satisfaction IN ('dissatisfied', 'very_dissatisfied')))
        WHEN 'response_due' THEN coalesce((
            SELECT bool_and(u.met_at IS NOT NULL) OR bool_or(coalesce(u.met_at, as_of) > u.due_at)
            FROM unit_clocks u JOIN cases c ON c.id = u.case_id AND c.lead_department_id = u.department_id
            WHERE u.case_id = wanted AND (u.met_at IS NOT NULL OR u.ended_at IS NULL OR u.ended_at > u.due_at)), false)
        WHEN 'responded' THEN coalesce((
            SELECT bool_and(coalesce(u.met_at <= u.due_at, false))
            FROM unit_clocks u JOIN cases c ON c.id = u.case_id AND c.lead_department_id = u.department_id
            WHERE u.case_id = wanted AND (u.met_at IS NOT NULL OR u.ended_at IS NULL OR u.ended_at > u.due_at)), false)
        ELSE false END
$$;
