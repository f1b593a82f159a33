-- The last answer that somebody gave stands until another one is given, and it is about the unit that answered, whoever has
-- the case by now (docs/decisions/0012). Lists of one topic. Two rules for completions and answers that nobody worked for.

-- A unit's list, and a list of what is open, of one topic: found together, in the order of the list.
CREATE INDEX cases_lead_topic ON cases (lead_department_id, topic_code COLLATE "C", due_at, id);
CREATE INDEX cases_open_topic ON cases (topic_code COLLATE "C", due_at, id)
    WHERE status IN ('triage', 'dispatched', 'in_progress');

-- stands: the last answer of those who were drawn for a callback; what follows without an answer does not take it away.
-- elsewhere: another unit leads the case by now.
ALTER TABLE case_callbacks
    ADD COLUMN stands boolean NOT NULL DEFAULT false,
    ADD COLUMN elsewhere boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT drawn_answer_stands CHECK (NOT stands OR state = 'done' AND draw <> 'not_drawn'),
    ADD CONSTRAINT standing_elsewhere CHECK (NOT elsewhere OR stands);
UPDATE case_callbacks b SET stands = true, elsewhere = b.department_id IS DISTINCT FROM c.lead_department_id
FROM cases c, (SELECT DISTINCT ON (case_id) id FROM case_callbacks
               WHERE state = 'done' AND draw <> 'not_drawn' ORDER BY case_id, round DESC) last
WHERE b.id = last.id AND c.id = b.case_id;
CREATE UNIQUE INDEX one_standing_answer ON case_callbacks (case_id) WHERE stands;
CREATE INDEX case_callbacks_elsewhere ON case_callbacks (case_id) WHERE elsewhere;

-- Whoever takes a case over takes no answer over with it.
CREATE FUNCTION leave_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE case_callbacks SET elsewhere = department_id IS DISTINCT FROM NEW.lead_department_id
    WHERE case_id = NEW.id AND stands AND elsewhere <> (department_id IS DISTINCT FROM NEW.lead_department_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER cases_leave_answer AFTER UPDATE OF lead_department_id ON cases FOR EACH ROW
    WHEN (OLD.lead_department_id IS DISTINCT FROM NEW.lead_department_id) EXECUTE FUNCTION leave_answer();

-- Whether an answer is about a unit that the criteria ask for. unit: one that works on the case now; who gave it away knows
-- no more of it.
CREATE FUNCTION is_answer_of(answered bigint, department text, criteria jsonb) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT (criteria->>'department' IS NULL OR department = criteria->>'department')
       AND (criteria->>'duty' IS NULL OR department IN (SELECT u.id FROM departments u WHERE u.duty = criteria->>'duty'))
       AND (criteria->>'unit' IS NULL OR EXISTS (
            SELECT FROM assignments a
            WHERE a.case_id = answered AND a.department_id = department AND a.ended_at IS NULL))
$$;

-- matching_cases as it is, and:
-- only_topic: exactly this topic, as an index finds it in the order of a list.
-- callback_valid, callback_solved, callback_satisfied: of the answer that stands, by the unit that it is about.
-- callback_unreachable, callback_refused: of the unit that has the case.
DO $migration$
DECLARE
    definition text := pg_get_functiondef('matching_cases(timestamptz, jsonb)'::regprocedure);
    changed text;
    change text[];
BEGIN
    FOREACH change SLICE 1 IN ARRAY ARRAY[
        ARRAY[$old$OR f.topic_code COLLATE "C" = ANY (string_to_array(criteria->>'topics', ' ')))$old$,
              $new$OR f.topic_code COLLATE "C" = ANY (string_to_array(criteria->>'topics', ' ')))
      AND (criteria->>'only_topic' IS NULL OR f.topic_code COLLATE "C" = criteria->>'only_topic')$new$],
        ARRAY[$old$b.current AND b.draw <> 'not_drawn' AND b.state = 'done'$old$,
              $new$b.stands AND is_answer_of(b.case_id, b.department_id, criteria)$new$],
        ARRAY[$old$b.current AND b.state = 'unreachable'$old$,
              $new$b.current AND b.state = 'unreachable'
                     AND b.department_id = f.lead_department_id$new$],
        ARRAY[$old$b.current AND b.state = 'refused'$old$,
              $new$b.current AND b.state = 'refused'
                     AND b.department_id = f.lead_department_id$new$],
        ARRAY[$old$(criteria->>'department' IS NULL
           OR$old$,
              $new$(criteria->>'department' IS NULL
           OR coalesce(criteria->>'state', '') IN ('callback_valid', 'callback_solved', 'callback_satisfied')
           OR$new$],
        ARRAY[$old$(criteria->>'duty' IS NULL
           OR$old$,
              $new$(criteria->>'duty' IS NULL
           OR coalesce(criteria->>'state', '') IN ('callback_valid', 'callback_solved', 'callback_satisfied')
           OR$new$]] LOOP
        changed := replace(definition, change[1], change[2]);
        IF changed = definition THEN
            RAISE EXCEPTION 'matching_cases has no % as this migration knows it', change[1];
        END IF;
        definition := changed;
    END LOOP;
    EXECUTE definition;
END
$migration$;

-- Whose numbers a case is in: those of the unit that leads it (own), and where another unit's answer stands, that unit's
-- rates of callbacks too.
CREATE FUNCTION asked_cases(as_of timestamptz, criteria jsonb)
RETURNS TABLE (id bigint, department text, own boolean)
LANGUAGE sql STABLE AS $$
    SELECT f.id, f.lead_department_id, true
    FROM matching_cases(as_of, '{"counted": "asked"}' || criteria) AS m(id) JOIN case_facts(as_of) f ON f.id = m.id
    UNION ALL
    SELECT b.case_id, b.department_id, false
    FROM case_callbacks b
    JOIN matching_cases(as_of, '{"counted": "asked"}' || (criteria - ARRAY['department', 'duty'])) AS m(id)
        ON m.id = b.case_id
    WHERE b.elsewhere AND is_answer_of(b.case_id, b.department_id, criteria)
$$;

-- doubtful_answer: a type of its own again, since a value that is added cannot be used in the same migration.
DO $migration$
DECLARE
    returned text := pg_get_viewdef('returned_matters'::regclass);
BEGIN
    DROP VIEW returned_matters;
    ALTER TYPE integrity_rule RENAME TO integrity_rule_before;
    CREATE TYPE integrity_rule AS ENUM (
        'quick_bulk', 'without_contact', 'same_reply', 'late_clock', 'came_back', 'last_hour_return', 'doubtful_answer');
    ALTER TABLE integrity_rules ALTER COLUMN rule TYPE integrity_rule USING rule::text::integrity_rule;
    ALTER TABLE integrity_reviews ALTER COLUMN rule TYPE integrity_rule USING rule::text::integrity_rule;
    DROP TYPE integrity_rule_before;
    EXECUTE 'CREATE VIEW returned_matters AS ' || replace(returned, 'integrity_rule_before', 'integrity_rule');
END
$migration$;
GRANT SELECT ON returned_matters TO wenzheng_app;
CREATE INDEX case_events_called_back ON case_events (at) WHERE action = 'callback';

INSERT INTO integrity_rules (rule, name, value) VALUES
    ('quick_bulk', 'percent', 1), ('quick_bulk', 'burst_minutes', 3),
    ('doubtful_answer', 'cases', 10), ('doubtful_answer', 'window_minutes', 10);
