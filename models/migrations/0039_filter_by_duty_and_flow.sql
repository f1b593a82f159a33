-- The filter of lists and numbers learns: the duty of the lead department 条线 (the level above single units), and how a
-- case was given on from the unit it was dispatched to first, so that each flow on the analysis page opens its list.
DO $migration$
DECLARE
    definition text := pg_get_functiondef('matching_cases(timestamptz, jsonb)'::regprocedure);
    asked constant text := $asked$
      AND (criteria->>'duty' IS NULL
           OR CASE WHEN criteria->>'duty' = 'none' THEN f.lead_department_id IS NULL
                   ELSE f.lead_department_id = ANY (ARRAY(
                       SELECT u.id FROM departments u WHERE u.duty = criteria->>'duty')) END)
      AND (criteria->>'first_unit' IS NULL OR EXISTS (
           SELECT FROM first_dispatches d
           WHERE d.case_id = f.id AND d.department_id = criteria->>'first_unit'))
      AND (criteria->>'given_on' IS NULL OR EXISTS (
           SELECT FROM first_dispatches d
           WHERE d.case_id = f.id AND (d.given_on_at IS NOT NULL OR f.lead_department_id IS NULL)
             AND (criteria->>'given_on' = 'returned') = EXISTS (
                 SELECT FROM case_returns r WHERE r.case_id = f.id AND r.state = 'accepted')))
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
