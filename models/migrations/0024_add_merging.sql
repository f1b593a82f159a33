-- 并单 and 拆分: cases about one thing are answered as one, one letter with several matters becomes several cases. Both are
-- records beside the status and can be undone.
ALTER TYPE case_action ADD VALUE 'merge';
ALTER TYPE case_action ADD VALUE 'unmerge';
ALTER TYPE case_action ADD VALUE 'split';
ALTER TYPE case_action ADD VALUE 'unsplit';

ALTER TABLE cases
    -- the case that is worked on instead; both keep their status and their time limit
    ADD COLUMN merged_into bigint REFERENCES cases,
    -- the case of the whole letter, of which this one has a part
    ADD COLUMN parent_id bigint REFERENCES cases,
    -- how many parts are worked on instead of the whole
    ADD COLUMN parts integer NOT NULL DEFAULT 0 CHECK (parts >= 0),
    ADD CONSTRAINT merged_with_another CHECK (merged_into <> id),
    ADD CONSTRAINT parts_have_no_parts CHECK (parent_id IS NULL OR parts = 0);
-- One whole case a letter; its parts are further ones.
ALTER TABLE cases DROP CONSTRAINT one_case_per_submission;
CREATE UNIQUE INDEX one_case_per_submission ON cases (submission_id) WHERE parent_id IS NULL;
CREATE INDEX cases_submission ON cases (submission_id);
CREATE INDEX cases_merged ON cases (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX cases_parent ON cases (parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE case_merges (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    head_id       bigint NOT NULL REFERENCES cases,
    member_id     bigint NOT NULL REFERENCES cases,
    reason        text NOT NULL CHECK (reason <> ''),
    merged_at     timestamptz NOT NULL,
    merged_by     text NOT NULL,
    undone_at     timestamptz,
    undone_by     text,
    -- why it was undone
    note          text NOT NULL DEFAULT '',
    CHECK (head_id <> member_id)
);
CREATE UNIQUE INDEX merged_once ON case_merges (member_id) WHERE undone_at IS NULL;
CREATE INDEX case_merges_head ON case_merges (head_id, id);

-- What of the letter a part is about: its sentences as [start, end] in title + newline + body.
CREATE TABLE case_parts (
    case_id       bigint PRIMARY KEY REFERENCES cases,
    sentences     jsonb NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON case_merges TO wenzheng_app;
GRANT SELECT, INSERT ON case_parts TO wenzheng_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO wenzheng_app;

-- One row a submission, as before: of a divided letter the case of the whole.
CREATE OR REPLACE VIEW voices AS
    SELECT s.id AS submission_id, s.submitted_at, s.channel, a.sentiment, a.urgency,
           coalesce(c.topic_code, a.topic_code, '') AS topic_code,
           coalesce(c.region_code, a.region_code, '') AS region_code,
           coalesce(s.submitter_key, int8send(s.id)) AS person,
           displeased_with(a.negative_aspects, 'handling') AS displeased,
           a.place_text, a.keywords, a.detector_hits, a.urgency_confidence, c.id AS case_id
    FROM submissions s
    JOIN analyses a ON a.submission_id = s.id
    LEFT JOIN cases c ON c.submission_id = s.id AND c.parent_id IS NULL;

-- What counts: the case that answers for those merged into it, and of a divided letter its parts. Other migrations change
-- the same two functions, so this one changes what it finds instead of writing them anew. The filter learns `counted`:
-- merged, split, parts, all; absent: what counts, and a case that is asked for by its number whatever it is.
DO $migration$
DECLARE
    facts text := pg_get_functiondef('case_facts(timestamptz)'::regprocedure);
    matching text := pg_get_functiondef('matching_cases(timestamptz, jsonb)'::regprocedure);
BEGIN
    facts := replace(facts, 'import_id bigint,',
        'import_id bigint, merged_into bigint, parent_id bigint, parts integer, is_counted boolean,');
    facts := replace(facts, 's.import_id,', 's.import_id, c.merged_into, c.parent_id, c.parts,
           c.merged_into IS NULL AND c.parts = 0,');
    matching := replace(matching, $old$WHERE (criteria->>'status' IS NULL$old$, $new$WHERE CASE criteria->>'counted'
              WHEN 'all' THEN true
              WHEN 'merged' THEN f.merged_into IS NOT NULL AND f.parent_id IS NULL
              WHEN 'split' THEN f.parts > 0
              WHEN 'parts' THEN f.parent_id IS NOT NULL AND f.merged_into IS NULL
              ELSE f.is_counted OR f.case_number = criteria->>'text' END
      AND (criteria->>'status' IS NULL$new$);
    IF strpos(facts, 'is_counted') = 0 OR strpos(facts, 'c.merged_into') = 0 OR strpos(matching, 'is_counted') = 0 THEN
        RAISE EXCEPTION 'case_facts or matching_cases is not as this migration knows it';
    END IF;
    DROP FUNCTION case_facts(timestamptz);
    EXECUTE facts;
    EXECUTE matching;
END
$migration$;
