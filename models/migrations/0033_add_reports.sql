-- Reports 日报 周报 月报 专报: what is in each, when it was checked against the rows, who signed it; the words and thresholds
-- of each kind; the circulars 通报 of a monthly report, one a unit, and whether they arrived.
CREATE TYPE report_kind AS ENUM ('daily', 'weekly', 'monthly', 'issue');
CREATE TYPE report_state AS ENUM ('draft', 'checked', 'signed');

-- Append-only; the newest line of a kind counts, without one the program's own.
CREATE TABLE report_templates (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind          report_kind NOT NULL,
    -- [{"id", "heading", "shown"}] in their order
    sections      jsonb NOT NULL,
    -- below which support a sentence is not written
    thresholds    jsonb NOT NULL,
    at            timestamptz NOT NULL,
    actor         text NOT NULL
);
CREATE INDEX report_templates_kind ON report_templates (kind, id DESC);

CREATE TABLE reports (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind          report_kind NOT NULL,
    first_day     date NOT NULL,
    last_day      date NOT NULL,
    issue_id      bigint REFERENCES issues,
    title         text NOT NULL,
    -- sections, sentences, tables, charts and the figures with what they are counted from
    content       jsonb NOT NULL,
    -- SHA-256 of the content: printed in the file, kept when it is signed
    digest        text NOT NULL,
    as_of         timestamptz NOT NULL,
    state         report_state NOT NULL DEFAULT 'draft',
    -- the issue of the same kind that this one is compared with
    previous_id   bigint REFERENCES reports,
    made_at       timestamptz NOT NULL,
    made_by       text NOT NULL,
    checked_at    timestamptz,
    -- {"figures": how many were counted again, "problems": [...]}
    findings      jsonb,
    signed_at     timestamptz,
    signed_by     text,
    CHECK (first_day <= last_day),
    CHECK ((kind = 'issue') = (issue_id IS NOT NULL)),
    CHECK ((state = 'signed') = (signed_at IS NOT NULL)),
    CHECK ((signed_at IS NULL) = (signed_by IS NULL)),
    CHECK (state = 'draft' OR checked_at IS NOT NULL)
);
CREATE INDEX reports_kind ON reports (kind, last_day DESC, id DESC);
-- The schedule makes one of each; more by hand.
CREATE UNIQUE INDEX one_scheduled_report ON reports (kind, first_day) WHERE made_by = 'system:reports';

-- A signed report stays as it was signed, and what a report says never changes.
CREATE FUNCTION keep_signed_reports() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'signed' THEN
        RAISE EXCEPTION 'a signed report does not change';
    END IF;
    IF NEW.content IS DISTINCT FROM OLD.content OR NEW.digest <> OLD.digest OR NEW.as_of <> OLD.as_of THEN
        RAISE EXCEPTION 'what a report says does not change';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER reports_are_kept BEFORE UPDATE ON reports FOR EACH ROW EXECUTE FUNCTION keep_signed_reports();

CREATE TABLE report_circulars (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    report_id     bigint NOT NULL REFERENCES reports,
    department_id text NOT NULL REFERENCES departments,
    subject       text NOT NULL,
    body          text NOT NULL,
    -- NULL: the unit has no address, the file is handed over by hand
    channel_id    bigint REFERENCES alert_channels,
    shown         text NOT NULL,
    state         delivery_state NOT NULL DEFAULT 'waiting',
    attempts      integer NOT NULL DEFAULT 0,
    created_at    timestamptz NOT NULL,
    next_at       timestamptz NOT NULL,
    sent_at       timestamptz,
    problem       text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX circular_once ON report_circulars (report_id, department_id, (coalesce(channel_id, 0)));
CREATE INDEX report_circulars_waiting ON report_circulars (next_at, id) WHERE state = 'waiting';

GRANT SELECT, INSERT ON report_templates TO wenzheng_app;
GRANT SELECT, INSERT, UPDATE ON reports, report_circulars TO wenzheng_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO wenzheng_app;
