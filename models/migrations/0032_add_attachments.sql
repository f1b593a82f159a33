-- Attachments 附件: pictures and documents beside a letter or a case; their contents encrypted in a table of their own.
ALTER TYPE case_action ADD VALUE 'attach';
ALTER TYPE case_action ADD VALUE 'detach';

CREATE TYPE attachment_kind AS ENUM ('jpeg', 'png', 'pdf', 'docx', 'xlsx');

CREATE TABLE attachments (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    submission_id   bigint NOT NULL REFERENCES submissions,
    -- NULL: the submitter sent it with the letter
    case_id         bigint REFERENCES cases,
    department_id   text REFERENCES departments,
    name            text NOT NULL CHECK (name <> ''),
    kind            attachment_kind NOT NULL,
    size            integer NOT NULL CHECK (size BETWEEN 1 AND 10485760),
    width           integer,
    height          integer,
    received_sha256 bytea NOT NULL CHECK (octet_length(received_sha256) = 32),
    sha256          bytea NOT NULL CHECK (octet_length(sha256) = 32),
    for_submitter   boolean NOT NULL,
    at              timestamptz NOT NULL,
    actor           text NOT NULL,
    CHECK ((width IS NULL) = (height IS NULL)),
    CHECK ((width IS NULL) = (kind NOT IN ('jpeg', 'png'))),
    CHECK (case_id IS NOT NULL OR (department_id IS NULL AND NOT for_submitter))
);
CREATE INDEX attachments_submission ON attachments (submission_id);
CREATE INDEX attachments_case ON attachments (case_id) WHERE case_id IS NOT NULL;

-- Sealed with the installation's key, as originals are.
CREATE TABLE attachment_contents (
    attachment_id bigint PRIMARY KEY REFERENCES attachments,
    content       bytea NOT NULL,
    -- NULL: no picture
    thumbnail     bytea
);
-- what is encrypted does not get smaller
ALTER TABLE attachment_contents ALTER content SET STORAGE EXTERNAL, ALTER thumbnail SET STORAGE EXTERNAL;

-- Taken off: kept for the audit, shown to nobody.
CREATE TABLE attachment_removals (
    attachment_id bigint PRIMARY KEY REFERENCES attachments,
    reason        text NOT NULL CHECK (reason <> ''),
    at            timestamptz NOT NULL,
    actor         text NOT NULL
);

DO $$
DECLARE kept text;
BEGIN
    FOREACH kept IN ARRAY ARRAY['attachments', 'attachment_contents', 'attachment_removals'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()',
                       kept || '_append_only', kept);
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
                       kept || '_no_truncate', kept);
    END LOOP;
END
$$;

GRANT SELECT, INSERT ON attachments, attachment_contents, attachment_removals TO wenzheng_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO wenzheng_app;
