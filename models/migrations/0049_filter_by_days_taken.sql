-- The filter of lists and numbers learns how long cases took 历时: whole natural days (24 hours each) from submission to
-- completion, an open case until now. Each step of a curve of completion then opens its cases.
DO $migration$
DECLARE
    definition text := pg_get_functiondef('matching_cases(timestamptz, jsonb)'::regprocedure);
    asked constant text := $asked$
      AND (criteria->>'lasted_from' IS NULL
           OR greatest(CASE WHEN f.is_completed THEN coalesce(f.completed_at, as_of) ELSE as_of END, f.submitted_at)
              >= f.submitted_at + make_interval(hours => 24 * (criteria->>'lasted_from')::integer))
      AND (criteria->>'lasted_to' IS NULL
           OR CASE WHEN f.is_completed THEN coalesce(f.completed_at, as_of) ELSE as_of END
              < f.submitted_at + make_interval(hours => 24 * ((criteria->>'lasted_to')::integer + 1)))
      AND (criteria->>'channel' IS NULL$asked$;
    changed text;
BEGIN
    changed := replace(definition, $old$
      AND (criteria->>'channel' IS NULL$old$, asked);
    IF changed = definition THEN
        RAISE EXCEPTION 'matching_cases is not as this migration knows it';
    END IF;
    EXECUTE changed;
END
$migration$;

-- Few cases are given on: the flows of dispatch look at these, not at every case that was ever dispatched.
CREATE INDEX first_dispatches_given_on ON first_dispatches (case_id) WHERE given_on_at IS NOT NULL;
