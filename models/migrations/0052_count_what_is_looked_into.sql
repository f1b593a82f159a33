-- An eighth rule of what should be looked into: a unit took its own published answer down. And what all rules point at in the
-- period that is looked at most, counted ahead: at a million cases the page would wait a second for it.
ALTER TYPE integrity_rule ADD VALUE 'taken_down';

-- Acts of this kind are few among the events of all cases.
CREATE INDEX case_events_taken_down ON case_events (at) WHERE action = 'unpublish';

-- The newest of a channel are walked: one that nobody uses yet was looked for in all rows.
CREATE INDEX submissions_channel ON submissions (channel, submitted_at DESC, id DESC);

-- One row, written again every ten minutes. It is right for these thresholds, as long as nobody looked into anything more.
CREATE TABLE integrity_counts (
    only_one    boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    counted_at  timestamptz NOT NULL,
    first_day   date NOT NULL,
    last_day    date NOT NULL CHECK (last_day >= first_day),
    thresholds  jsonb NOT NULL,
    last_review bigint NOT NULL,
    -- by rule: unit, hits, looked into
    counts      jsonb NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON integrity_counts TO wenzheng_app;

-- What somebody said of a letter stands when the case is opened again and split: until the same person answers about a part
-- (docs/decisions/0012), it counts for the unit that answered. Before, the split took it out of all numbers.
DO $migration$
DECLARE
    definition text := pg_get_functiondef('matching_cases(timestamptz, jsonb)'::regprocedure);
    changed text;
    change text[];
BEGIN
    FOREACH change SLICE 1 IN ARRAY ARRAY[
        ARRAY[$old$WHEN 'asked' THEN f.is_counted OR f.merged_into IS NOT NULL AND f.merged_into IS DISTINCT FROM f.parent_id$old$,
              $new$WHEN 'asked' THEN f.is_counted OR f.merged_into IS NOT NULL AND f.merged_into IS DISTINCT FROM f.parent_id
                   OR f.parts > 0 AND EXISTS (SELECT FROM case_callbacks b WHERE b.case_id = f.id AND b.stands)$new$],
        ARRAY[$old$AND f.merged_into IS NOT NULL AND f.merged_into IS DISTINCT FROM f.parent_id
                   OR f.case_number$old$,
              $new$AND (f.merged_into IS NOT NULL AND f.merged_into IS DISTINCT FROM f.parent_id
                        OR f.parts > 0 AND EXISTS (
                            SELECT FROM case_callbacks b WHERE b.case_id = f.id AND b.stands))
                   OR f.case_number$new$]] LOOP
        changed := replace(definition, change[1], change[2]);
        IF changed = definition THEN
            RAISE EXCEPTION 'matching_cases has no % as this migration knows it', change[1];
        END IF;
        definition := changed;
    END LOOP;
    EXECUTE definition;
END
$migration$;
-- an answer about a part that is there already has taken the place of the whole letter's
UPDATE case_callbacks b SET stands = false, elsewhere = false
FROM cases p JOIN case_callbacks s ON s.case_id = p.id AND s.stands
WHERE b.stands AND p.parent_id = b.case_id;
INSERT INTO stale_facts SELECT 'c'::"char", b.case_id FROM case_callbacks b JOIN cases c ON c.id = b.case_id WHERE b.stands AND c.parts > 0;
