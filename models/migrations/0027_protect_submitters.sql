-- Who may know who wrote, and for how long 查看身份; what left the house as a file; numbers that cannot be bent.
ALTER TYPE case_action ADD VALUE 'reveal';
ALTER TYPE response_action ADD VALUE 'withdraw_publication';

CREATE TYPE reveal_reason AS ENUM ('contact', 'visit', 'deliver', 'verify', 'callback', 'other');
CREATE TYPE integrity_rule AS ENUM (
    'quick_bulk', 'without_contact', 'same_reply', 'late_clock', 'came_back', 'last_hour_return');

-- One row a reveal: this person, this case, until then. Append-only; its event stands in the chain of the case.
CREATE TABLE disclosures (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id       bigint NOT NULL REFERENCES cases,
    account_id    bigint NOT NULL REFERENCES accounts,
    -- the unit the person acted for; NULL for who works for the city
    department_id text REFERENCES departments,
    role          role NOT NULL,
    reason        reveal_reason NOT NULL,
    explanation   text NOT NULL CHECK (explanation <> ''),
    confidential  boolean NOT NULL,
    at            timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    actor         text NOT NULL,
    CHECK (expires_at > at)
);
CREATE INDEX disclosures_case ON disclosures (case_id, account_id, expires_at);
CREATE INDEX disclosures_at ON disclosures (at DESC, id DESC);

-- One row a file that somebody took: what, of which filter, how many rows. Append-only.
CREATE TABLE exports (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at            timestamptz NOT NULL,
    actor         text NOT NULL,
    -- NULL: from the command line of the server
    account_id    bigint REFERENCES accounts,
    department_id text REFERENCES departments,
    what          text NOT NULL CHECK (what <> ''),
    format        text NOT NULL,
    filter        text NOT NULL,
    row_count     bigint NOT NULL CHECK (row_count >= 0)
);
CREATE INDEX exports_at ON exports (at DESC, id DESC);

-- The thresholds of the rules that look for bent numbers; an administrator changes them, nobody deletes them.
CREATE TABLE integrity_rules (
    rule          integrity_rule NOT NULL,
    name          text NOT NULL,
    value         integer NOT NULL CHECK (value BETWEEN 1 AND 10000),
    PRIMARY KEY (rule, name)
);
INSERT INTO integrity_rules (rule, name, value) VALUES
    ('quick_bulk', 'minutes', 30), ('quick_bulk', 'cases', 10), ('quick_bulk', 'window_minutes', 60),
    ('without_contact', 'attempts', 3),
    ('same_reply', 'cases', 10), ('same_reply', 'days', 30), ('same_reply', 'characters', 20),
    ('late_clock', 'hours', 4),
    ('came_back', 'days', 30),
    ('last_hour_return', 'hours', 2);

-- A person looked into a hit. What was found stays found: notes are added, nothing is taken away.
CREATE TABLE integrity_reviews (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule          integrity_rule NOT NULL,
    case_id       bigint NOT NULL REFERENCES cases,
    hit_at        timestamptz NOT NULL,
    note          text NOT NULL CHECK (note <> ''),
    at            timestamptz NOT NULL,
    actor         text NOT NULL
);
CREATE INDEX integrity_reviews_hit ON integrity_reviews (case_id, rule, hit_at);

-- A public answer that was taken down stays in the history, and is shown to nobody outside any more.
CREATE TABLE publication_withdrawals (
    answer_id     bigint PRIMARY KEY REFERENCES response_answers,
    at            timestamptz NOT NULL,
    actor         text NOT NULL,
    reason        text NOT NULL CHECK (reason <> '')
);

DO $$
DECLARE kept text;
BEGIN
    FOREACH kept IN ARRAY ARRAY['disclosures', 'exports', 'integrity_reviews', 'publication_withdrawals'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()',
                       kept || '_append_only', kept);
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
                       kept || '_no_truncate', kept);
    END LOOP;
END
$$;

-- What the rules look for, by time.
CREATE INDEX case_events_completed ON case_events (at) WHERE action = 'complete';
CREATE INDEX case_events_given_on ON case_events (at) WHERE action IN ('redispatch', 'accept_return', 'designate');
CREATE INDEX replies_created ON replies (created_at);
CREATE INDEX case_extensions_decided ON case_extensions (decided_at) WHERE state = 'accepted';
CREATE INDEX case_returns_requested ON case_returns (requested_at);

-- Which unit led a case at a moment; NULL where none did.
CREATE FUNCTION lead_at(asked bigint, moment timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT department_id FROM assignments
    WHERE case_id = asked AND role = 'lead' AND assigned_at <= moment AND (ended_at IS NULL OR ended_at > moment)
    ORDER BY assigned_at DESC, id DESC LIMIT 1
$$;

-- The same person came with the same matter again within the days of the rule `came_back` after the case had been
-- completed: such a case was not resolved. `at`: when it was said again; `completed_at`: the completion it speaks
-- against. A case that had been reopened by then does not count: it was being worked on.
CREATE VIEW returned_matters AS
SELECT DISTINCT ON (c.id, again.id)
       c.id AS case_id, again.id AS came_back_case_id, later.submitted_at AS at, done.at AS completed_at,
       lead_at(c.id, done.at) AS department_id
FROM submission_links l
JOIN cases c ON c.submission_id = l.earlier_id
JOIN submissions earlier ON earlier.id = l.earlier_id
JOIN submissions later ON later.id = l.submission_id AND later.submitter_key = earlier.submitter_key
JOIN cases again ON again.submission_id = later.id
JOIN case_events done ON done.case_id = c.id AND done.action = 'complete' AND done.at < later.submitted_at
JOIN integrity_rules r ON r.rule = 'came_back' AND r.name = 'days'
WHERE l.certain
  AND later.submitted_at <= done.at + make_interval(days => r.value)
  AND NOT EXISTS (SELECT FROM case_events e WHERE e.case_id = c.id AND e.action::text IN ('reopen', 'rework') AND e.seq > done.seq
                  AND e.at <= later.submitted_at)
ORDER BY c.id, again.id, done.at DESC;

GRANT SELECT, INSERT ON disclosures, exports, integrity_reviews, publication_withdrawals TO wenzheng_app;
GRANT SELECT, UPDATE ON integrity_rules TO wenzheng_app;
GRANT SELECT ON returned_matters TO wenzheng_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO wenzheng_app;
