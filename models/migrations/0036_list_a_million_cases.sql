-- Lists stay quick with a million cases. Every state of a case is defined in `matching_cases` itself: a function that is
-- called for every row takes long. What each state means: 0023; of response_due and responded, a clock that ended before
-- it was due, the case taken away or completed, is left out.
-- `topics` and `regions` are what `topic` and `region` mean, as the codes themselves: with them PostgreSQL knows how many
-- cases there are (dashboards/case_lists.py).
DO $migration$
DECLARE
    definition text := pg_get_functiondef('matching_cases(timestamptz, jsonb)'::regprocedure);
    changed text;
    states constant text := $states$WHEN 'suspended' THEN EXISTS (
                   SELECT FROM case_suspensions s WHERE s.case_id = f.id AND s.state = 'running')
               WHEN 'finished' THEN f.is_completed OR EXISTS (
                   SELECT FROM case_callbacks b WHERE b.case_id = f.id)
               WHEN 'reworked' THEN EXISTS (
                   SELECT FROM case_callbacks b WHERE b.case_id = f.id AND b.decision = 'rework')
               WHEN 'callback_waiting' THEN EXISTS (
                   SELECT FROM case_callbacks b WHERE b.case_id = f.id AND b.current AND b.state = 'waiting')
               WHEN 'callback_unreachable' THEN EXISTS (
                   SELECT FROM case_callbacks b WHERE b.case_id = f.id AND b.current AND b.state = 'unreachable')
               WHEN 'callback_refused' THEN EXISTS (
                   SELECT FROM case_callbacks b WHERE b.case_id = f.id AND b.current AND b.state = 'refused')
               WHEN 'callback_valid' THEN EXISTS (
                   SELECT FROM case_callbacks b
                   WHERE b.case_id = f.id AND b.current AND b.draw <> 'not_drawn' AND b.state = 'done')
               WHEN 'callback_solved' THEN EXISTS (
                   SELECT FROM case_callbacks b
                   WHERE b.case_id = f.id AND b.current AND b.draw <> 'not_drawn' AND b.state = 'done'
                     AND b.solved = 'yes'
                     AND NOT EXISTS (SELECT FROM returned_matters m
                                     WHERE m.case_id = b.case_id AND m.completed_at >= b.completed_at))
               WHEN 'callback_satisfied' THEN EXISTS (
                   SELECT FROM case_callbacks b JOIN callback_rules r ON r.id = b.rule_id
                   WHERE b.case_id = f.id AND b.current AND b.draw <> 'not_drawn' AND b.state = 'done'
                     AND (b.satisfaction IN ('very', 'satisfied')
                          OR b.satisfaction = 'basically' AND r.basically_counts))
               WHEN 'dissatisfied' THEN EXISTS (
                   SELECT FROM case_callbacks b
                   WHERE b.case_id = f.id AND b.current AND b.state = 'done' AND b.decision IS NULL
                     AND (b.solved <> 'yes' OR b.satisfaction IN ('dissatisfied', 'very_dissatisfied')))
               WHEN 'response_due' THEN coalesce((
                   SELECT bool_and(u.met_at IS NOT NULL) OR bool_or(coalesce(u.met_at, as_of) > u.due_at)
                   FROM unit_clocks u
                   WHERE u.case_id = f.id AND u.department_id = f.lead_department_id
                     AND (u.met_at IS NOT NULL OR u.ended_at IS NULL OR u.ended_at > u.due_at)), false)
               WHEN 'responded' THEN coalesce((
                   SELECT bool_and(coalesce(u.met_at <= u.due_at, false))
                   FROM unit_clocks u
                   WHERE u.case_id = f.id AND u.department_id = f.lead_department_id
                     AND (u.met_at IS NOT NULL OR u.ended_at IS NULL OR u.ended_at > u.due_at)), false)
               ELSE false END)$states$;
BEGIN
    changed := replace(definition, $old$ELSE case_in_state(f.id, criteria->>'state', as_of) END)$old$, states);
    changed := replace(changed, $old$f.id IN (SELECT g.case_id FROM sign_ins(as_of) g)$old$,
        $new$EXISTS (SELECT FROM sign_ins(as_of) g WHERE g.case_id = f.id)$new$);
    changed := replace(changed, $old$f.id IN (SELECT g.case_id FROM sign_ins(as_of) g WHERE g.in_time)$old$,
        $new$EXISTS (
                   SELECT FROM sign_ins(as_of) g WHERE g.case_id = f.id AND g.in_time)$new$);
    changed := replace(changed, $old$
      AND (criteria->>'department' IS NULL$old$, $new$
      AND (criteria->>'topics' IS NULL
           OR f.topic_code COLLATE "C" = ANY (string_to_array(criteria->>'topics', ' ')))
      AND (criteria->>'regions' IS NULL OR f.region_code = ANY (string_to_array(criteria->>'regions', ' ')))
      AND (criteria->>'department' IS NULL$new$);
    IF position('topics' IN changed) = 0 OR position('case_in_state' IN changed) > 0 OR position('g.case_id FROM' IN changed) > 0 THEN
        RAISE EXCEPTION 'matching_cases is not as this migration knows it';
    END IF;
    EXECUTE changed;
END
$migration$;
DROP FUNCTION case_in_state(bigint, text, timestamptz);

-- Of the open cases those that were completed once: few.
CREATE INDEX cases_open_again ON cases (due_at, id)
    WHERE status IN ('triage', 'dispatched', 'in_progress') AND completed_at IS NOT NULL;
