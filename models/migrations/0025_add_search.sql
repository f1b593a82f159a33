-- Full-text search of cases, and lists that stay quick with a million of them.

-- The words of a case as they are searched for, and its text as it is read: masked title and letter, masked replies and
-- notes. The words come from the program (nlp/search_words.py); '#…' is no word but the block of case numbers that
-- the case stands in, so that the newest can be asked first.
CREATE TABLE case_search (
    case_id       bigint PRIMARY KEY REFERENCES cases,
    words         tsvector NOT NULL,
    text          text NOT NULL
) WITH (toast_tuple_target = 128, autovacuum_vacuum_insert_scale_factor = 0.05);
-- Both lie beside the row: what a search walks over is small, and a word is looked up in the index alone.
ALTER TABLE case_search ALTER COLUMN words SET STORAGE EXTERNAL;
CREATE INDEX case_search_words ON case_search USING gin (words) WITH (gin_pending_list_limit = 1024);

-- Somebody looked up the cases of one person by phone number or mail address. The address of the list holds the number
-- of this row, never what was looked for; only who looked can open it. `department_id`: an officer finds what the own
-- unit leads, nothing confidential.
CREATE TABLE person_searches (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at            timestamptz NOT NULL,
    actor         text NOT NULL,
    account_id    bigint NOT NULL REFERENCES accounts,
    department_id text REFERENCES departments,
    submitter_key bytea NOT NULL
);
CREATE INDEX person_searches_at ON person_searches (at DESC, id DESC);
CREATE TRIGGER person_searches_append_only BEFORE UPDATE OR DELETE ON person_searches
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER person_searches_no_truncate BEFORE TRUNCATE ON person_searches
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The orders of the lists (dashboards/case_order.py), each to be walked along from any row.
CREATE INDEX cases_open ON cases (due_at, id) WHERE status IN ('triage', 'dispatched', 'in_progress');
CREATE INDEX cases_due ON cases (due_at, id);
CREATE INDEX cases_lead_open ON cases (lead_department_id, due_at, id)
    WHERE status IN ('triage', 'dispatched', 'in_progress');
CREATE INDEX cases_urgency ON cases (urgency, due_at, id) WHERE urgency <> 'normal';
CREATE INDEX cases_topic ON cases (topic_code COLLATE "C");
CREATE INDEX cases_region ON cases (region_code);
CREATE INDEX cases_number_prefix ON cases (case_number text_pattern_ops);
DROP INDEX cases_lead, cases_status, cases_submitted;
CREATE INDEX cases_lead ON cases (lead_department_id, due_at, id);
CREATE INDEX cases_status ON cases (status, due_at, id);
CREATE INDEX cases_submitted ON cases (submitted_at, id);
CREATE INDEX assignments_helping ON assignments (department_id, case_id) WHERE ended_at IS NULL AND role = 'co_handling';

-- The filter of lists and numbers learns: words (a tsquery), phrases (texts that stand in the case), number (how the
-- number of the case begins), person (a row of person_searches). Comparisons are written so that an index can answer
-- them. Other migrations change the same function, so this one changes what it finds instead of writing it anew.
DO $migration$
DECLARE
    definition text := pg_get_functiondef('matching_cases(timestamptz, jsonb)'::regprocedure);
    pair text[];
BEGIN
    FOREACH pair SLICE 1 IN ARRAY ARRAY[
        [$o$f.status::text = criteria->>'status'$o$, $n$f.status = (criteria->>'status')::case_status$n$],
        [$o$f.urgency::text = criteria->>'urgency'$o$, $n$f.urgency = (criteria->>'urgency')::urgency$n$],
        [$o$ELSE starts_with(f.topic_code, criteria->>'topic') END$o$,
         $n$ELSE f.topic_code COLLATE "C" >= criteria->>'topic' AND starts_with(f.topic_code, criteria->>'topic')
                        AND f.topic_code COLLATE "C" < (criteria->>'topic') || '~' END$n$],
        [$o$f.region_code IN (SELECT region_subtree(criteria->>'region'))$o$,
         $n$f.region_code = ANY (ARRAY(SELECT region_subtree(criteria->>'region')))$n$],
        [$o$OR f.case_number = criteria->>'text' END$o$,
         $n$OR f.case_number = coalesce(criteria->>'number', criteria->>'text') END$n$],
        [$o$
      AND (criteria->>'issue_id' IS NULL$o$,
         $n$
      AND (criteria->>'words' IS NULL OR EXISTS (
           SELECT FROM case_search x
           WHERE x.case_id = f.id AND x.words @@ (criteria->>'words')::tsquery
             AND has_phrases(x.text, criteria->'phrases')))
      AND (criteria->>'number' IS NULL OR f.case_number LIKE (criteria->>'number') || '%')
      AND (criteria->>'person' IS NULL OR EXISTS (
           SELECT FROM person_searches p JOIN submissions written ON written.submitter_key = p.submitter_key
           WHERE p.id = (criteria->>'person')::bigint AND written.id = f.submission_id
             AND (p.department_id IS NULL OR p.department_id = f.lead_department_id AND NOT f.confidential)))
      AND (criteria->>'issue_id' IS NULL$n$]
    ] LOOP
        IF strpos(definition, pair[1]) = 0 THEN
            RAISE EXCEPTION 'matching_cases is not as this migration knows it: %', pair[1];
        END IF;
        definition := replace(definition, pair[1], pair[2]);
    END LOOP;
    -- all of them, whatever is written big or small; none is missing where none was asked for
    CREATE FUNCTION has_phrases(said text, phrases jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
        SELECT phrases IS NULL OR NOT EXISTS (
            SELECT FROM jsonb_array_elements_text(phrases) p WHERE strpos(lower(said), p) = 0)
    $$;
    EXECUTE definition;
END
$migration$;

GRANT SELECT, INSERT, UPDATE ON case_search TO wenzheng_app;
GRANT SELECT, INSERT ON person_searches TO wenzheng_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO wenzheng_app;
