-- Counts over time, bursts in them, early signs 苗头 of issues, and the alerts 预警 raised from both.
CREATE TYPE risk_level AS ENUM ('blue', 'yellow', 'orange', 'red');
CREATE TYPE early_sign AS ENUM (
    'growth', 'negative_share', 'channels', 'repeat', 'same_place', 'fast_lane', 'displeased', 'together', 'burst_size');
CREATE TYPE burst_direction AS ENUM ('up', 'down');
CREATE TYPE alert_kind AS ENUM ('burst', 'level', 'three_in_three', 'fast_lane');
CREATE TYPE alert_action AS ENUM ('raise', 'recur', 'escalate', 'acknowledge', 'snooze', 'wake');
CREATE TYPE delivery_kind AS ENUM ('email', 'webhook');
CREATE TYPE webhook_format AS ENUM ('json', 'wecom', 'dingtalk', 'feishu');
CREATE TYPE delivery_state AS ENUM ('waiting', 'sent', 'failed');

-- Counts.

-- Whose hour has to be counted again: written with the row that changed it, deleted by who counted. Never unique: two
-- batches must not wait for each other.
CREATE TABLE stale_hours (hour timestamptz NOT NULL);

CREATE FUNCTION note_stale_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stale_hours
        SELECT DISTINCT date_trunc('hour', s.submitted_at) FROM added a JOIN submissions s ON s.id = a.submission_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER analyses_are_counted AFTER INSERT ON analyses
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION note_stale_hours();

CREATE FUNCTION note_stale_hour_of_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stale_hours VALUES (date_trunc('hour', NEW.submitted_at));
    RETURN NULL;
END
$$;
CREATE TRIGGER corrected_cases_are_counted AFTER UPDATE ON cases FOR EACH ROW
    WHEN (OLD.topic_code IS DISTINCT FROM NEW.topic_code OR OLD.region_code IS DISTINCT FROM NEW.region_code)
    EXECUTE FUNCTION note_stale_hour_of_case();
INSERT INTO stale_hours SELECT DISTINCT date_trunc('hour', submitted_at) FROM submissions WHERE state = 'processed';

-- What is counted: one row a submission, with the topic and the region that a person corrected where there is a case.
-- `person` is who wrote; who is not known is one of their own. A view, so that a count and its list never differ.
CREATE VIEW voices AS
    SELECT s.id AS submission_id, s.submitted_at, s.channel, a.sentiment, a.urgency,
           coalesce(c.topic_code, a.topic_code, '') AS topic_code,
           coalesce(c.region_code, a.region_code, '') AS region_code,
           coalesce(s.submitter_key, int8send(s.id)) AS person,
           displeased_with(a.negative_aspects, 'handling') AS displeased,
           a.place_text, a.keywords, a.detector_hits, a.urgency_confidence, c.id AS case_id
    FROM submissions s
    JOIN analyses a ON a.submission_id = s.id
    LEFT JOIN cases c ON c.submission_id = s.id;

-- The county or zone that a region lies in; '' for a region above or unknown.
CREATE FUNCTION county_of(region text) RETURNS text LANGUAGE sql STABLE AS $$
    WITH RECURSIVE above AS (
        SELECT r.code, r.level, r.parent_code FROM regions r WHERE r.code = region
        UNION
        SELECT r.code, r.level, r.parent_code FROM regions r JOIN above a ON r.code = a.parent_code
    )
    SELECT coalesce((SELECT above.code FROM above WHERE above.level IN ('county', 'functional') LIMIT 1), '')
$$;

-- `persons` counts each person once in a local day and cell, in the hour of the first submission: hours of a day add up.
CREATE TABLE hourly_counts (
    hour          timestamptz NOT NULL,
    topic_code    text NOT NULL,
    region_code   text NOT NULL,
    channel       channel NOT NULL,
    sentiment     sentiment NOT NULL,
    -- with the department or its handling
    displeased    boolean NOT NULL,
    submissions   integer NOT NULL CHECK (submissions > 0),
    persons       integer NOT NULL CHECK (persons BETWEEN 0 AND submissions),
    PRIMARY KEY (hour, topic_code, region_code, channel, sentiment, displeased)
);

-- The same rows as series in which bursts are looked for: a topic, a first-level topic in a county, a county, all.
-- '' stands for all. `persons` of an hour are those who had not written on the series in the 24 hours before.
CREATE TABLE series_counts (
    topic_code    text NOT NULL,
    region_code   text NOT NULL,
    hour          timestamptz NOT NULL,
    submissions   integer NOT NULL CHECK (submissions > 0),
    persons       integer NOT NULL CHECK (persons BETWEEN 0 AND submissions),
    PRIMARY KEY (topic_code, region_code, hour)
);
CREATE INDEX series_counts_hour ON series_counts (hour);

CREATE TABLE issue_counts (
    issue_id      bigint NOT NULL REFERENCES issues,
    hour          timestamptz NOT NULL,
    submissions   integer NOT NULL CHECK (submissions > 0),
    persons       integer NOT NULL CHECK (persons BETWEEN 0 AND submissions),
    negative      integer NOT NULL CHECK (negative BETWEEN 0 AND submissions),
    PRIMARY KEY (issue_id, hour)
);
CREATE INDEX issue_counts_hour ON issue_counts (hour);

-- Up to which step of issues the counts have been brought.
CREATE TABLE issue_counts_mark (
    only_one      boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    step          bigint NOT NULL
);
INSERT INTO issue_counts_mark (step) VALUES (-1);

-- Bursts: history, never changed. `count` and `expected` are persons; the size lies between `low` and `high` with 95 %.
CREATE TABLE bursts (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic_code    text NOT NULL DEFAULT '',
    region_code   text NOT NULL DEFAULT '',
    issue_id      bigint REFERENCES issues,
    direction     burst_direction NOT NULL,
    count         integer NOT NULL,
    expected      double precision NOT NULL,
    size          double precision GENERATED ALWAYS AS (count - expected) STORED,
    low           double precision NOT NULL,
    high          double precision NOT NULL,
    p             double precision NOT NULL,
    -- how often usual days bring such a thing in a month, over all series together
    a_month       double precision NOT NULL,
    since         timestamptz NOT NULL,
    found         timestamptz NOT NULL,
    submissions   integer NOT NULL,
    -- of these: texts that copy another, and the most that one person sent
    copies        integer NOT NULL,
    most_by_one   integer NOT NULL,
    -- people who said something of their own
    independent   integer NOT NULL,
    -- in words: what is said more often than before
    changed       text NOT NULL,
    coordinated   text NOT NULL DEFAULT '',
    UNIQUE NULLS NOT DISTINCT (topic_code, region_code, issue_id, found)
);
CREATE INDEX bursts_found ON bursts (found DESC);

-- Early signs.

-- From which value on a sign reaches a level; what has no row never does. `together`: so many other signs of at least
-- the level below. `burst_size` is for bursts: so many people more than expected.
CREATE TABLE early_sign_thresholds (
    sign          early_sign NOT NULL,
    level         risk_level NOT NULL,
    at_least      double precision NOT NULL CHECK (at_least > 0),
    PRIMARY KEY (sign, level)
);
INSERT INTO early_sign_thresholds (sign, level, at_least) VALUES
    ('growth', 'blue', 2), ('growth', 'yellow', 4), ('growth', 'orange', 8), ('growth', 'red', 20),
    ('negative_share', 'blue', 0.6), ('negative_share', 'yellow', 0.8),
    ('channels', 'blue', 2), ('channels', 'yellow', 4),
    ('repeat', 'blue', 1), ('repeat', 'yellow', 3), ('repeat', 'orange', 8),
    ('same_place', 'blue', 3), ('same_place', 'yellow', 5), ('same_place', 'orange', 15),
    ('fast_lane', 'blue', 1), ('fast_lane', 'yellow', 2), ('fast_lane', 'orange', 3), ('fast_lane', 'red', 5),
    ('displeased', 'blue', 2), ('displeased', 'yellow', 4), ('displeased', 'orange', 10),
    ('together', 'yellow', 4), ('together', 'orange', 3), ('together', 'red', 3),
    ('burst_size', 'blue', 1), ('burst_size', 'yellow', 5), ('burst_size', 'orange', 15), ('burst_size', 'red', 50);

CREATE TABLE issue_levels (
    issue_id      bigint PRIMARY KEY REFERENCES issues,
    -- NULL: no sign reaches a level
    level         risk_level,
    since         timestamptz NOT NULL,
    computed_at   timestamptz NOT NULL,
    sentence      text NOT NULL,
    -- [{"sign", "value", "level", "sentence"}, …], the gravest first
    signs         jsonb NOT NULL
);

CREATE TABLE issue_level_changes (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    issue_id      bigint NOT NULL REFERENCES issues,
    at            timestamptz NOT NULL,
    actor         text NOT NULL,
    from_level    risk_level,
    to_level      risk_level,
    sentence      text NOT NULL
);
CREATE INDEX issue_level_changes_issue ON issue_level_changes (issue_id, id DESC);

-- Alerts.

-- Append-only; the newest line counts.
CREATE TABLE alert_settings (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at            timestamptz NOT NULL,
    actor         text NOT NULL,
    -- a second alert of one key within so many hours after the last sign is the same alert
    refractory_hours integer NOT NULL CHECK (refractory_hours BETWEEN 1 AND 720),
    -- local times; nothing is sent between them but what is red. Equal: no quiet hours.
    quiet_from    time NOT NULL,
    quiet_to      time NOT NULL,
    -- a burst is told from so many different people on
    least_persons integer NOT NULL CHECK (least_persons >= 1),
    -- of all series together in a month, if nothing ever happened
    false_alarms  double precision NOT NULL CHECK (false_alarms > 0),
    -- an issue that reaches this level is told
    alert_from    risk_level NOT NULL,
    -- 三天三单: so many cases of different people on one issue within so many days
    three_cases   integer NOT NULL CHECK (three_cases >= 2),
    three_days    integer NOT NULL CHECK (three_days >= 1)
);
INSERT INTO alert_settings (at, actor, refractory_hours, quiet_from, quiet_to, least_persons, false_alarms, alert_from,
    three_cases, three_days) VALUES (now(), 'system:migration', 72, '22:00', '07:00', 3, 0.5, 'yellow', 3, 3);

CREATE TABLE alerts (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind          alert_kind NOT NULL,
    -- what makes two alerts one: kind, series or issue
    key           text NOT NULL,
    severity      risk_level NOT NULL,
    title         text NOT NULL,
    sentence      text NOT NULL,
    topic_code    text REFERENCES topics,
    region_code   text REFERENCES regions,
    issue_id      bigint REFERENCES issues,
    burst_id      bigint REFERENCES bursts,
    raised_at     timestamptz NOT NULL,
    last_at       timestamptz NOT NULL,
    occurrences   integer NOT NULL DEFAULT 1 CHECK (occurrences > 0),
    acknowledged_by text,
    acknowledged_at timestamptz,
    snoozed_by    text,
    snoozed_until timestamptz,
    version       integer NOT NULL DEFAULT 1,
    CHECK ((acknowledged_by IS NULL) = (acknowledged_at IS NULL)),
    CHECK ((snoozed_by IS NULL) = (snoozed_until IS NULL))
);
CREATE INDEX alerts_key ON alerts (key, last_at DESC);
CREATE INDEX alerts_last ON alerts (last_at DESC);
CREATE INDEX alerts_open ON alerts (id) WHERE acknowledged_at IS NULL;
CREATE INDEX alerts_issue ON alerts (issue_id) WHERE issue_id IS NOT NULL;

-- What an alert counted: its number is the number of these rows.
CREATE TABLE alert_submissions (
    alert_id      bigint NOT NULL REFERENCES alerts,
    submission_id bigint NOT NULL REFERENCES submissions,
    PRIMARY KEY (alert_id, submission_id)
);
CREATE INDEX alert_submissions_submission ON alert_submissions (submission_id);

-- Append-only. Written under a lock that is held until the commit: whoever sees a number sees all smaller ones.
CREATE TABLE alert_events (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert_id      bigint NOT NULL REFERENCES alerts,
    at            timestamptz NOT NULL,
    actor         text NOT NULL,
    action        alert_action NOT NULL,
    severity      risk_level NOT NULL,
    -- nothing is shown on top of other pages, and nothing sent before the quiet hours end
    quiet         boolean NOT NULL,
    payload       jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX alert_events_alert ON alert_events (alert_id, id);

-- Where alerts are sent. `sealed` is the address with its secret (an address of a robot is a secret), encrypted under
-- the installation's key; `shown` is what a page may show of it.
CREATE TABLE alert_channels (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind          delivery_kind NOT NULL,
    name          text NOT NULL,
    format        webhook_format,
    shown         text NOT NULL,
    sealed        bytea NOT NULL,
    least_severity risk_level NOT NULL,
    -- NULL: all alerts; else those with cases of this unit
    department_id text REFERENCES departments,
    -- an administrator said that a private address is meant
    allow_private boolean NOT NULL DEFAULT false,
    active        boolean NOT NULL DEFAULT true,
    CHECK ((kind = 'webhook') = (format IS NOT NULL))
);

-- The row is the job: one message of one event to one channel.
CREATE TABLE alert_deliveries (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id      bigint NOT NULL REFERENCES alert_events,
    channel_id    bigint NOT NULL REFERENCES alert_channels,
    state         delivery_state NOT NULL DEFAULT 'waiting',
    attempts      integer NOT NULL DEFAULT 0,
    next_at       timestamptz NOT NULL,
    sent_at       timestamptz,
    problem       text NOT NULL DEFAULT '',
    CONSTRAINT delivered_once UNIQUE (event_id, channel_id)
);
CREATE INDEX alert_deliveries_waiting ON alert_deliveries (next_at) WHERE state = 'waiting';

CREATE TRIGGER alert_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON alert_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER issue_level_changes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON issue_level_changes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- As before, and the cases of an issue or of an alert.
CREATE OR REPLACE FUNCTION matching_cases(as_of timestamptz, criteria jsonb) RETURNS SETOF bigint
    LANGUAGE sql STABLE
    AS $$
    SELECT f.id FROM case_facts(as_of) f
    WHERE (criteria->>'status' IS NULL OR f.status::text = criteria->>'status')
      AND (criteria->>'state' IS NULL OR CASE criteria->>'state'
               WHEN 'open' THEN f.is_open
               WHEN 'overdue' THEN f.is_overdue
               WHEN 'completed' THEN f.is_completed
               WHEN 'due' THEN f.is_due
               WHEN 'on_time' THEN f.is_on_time
               WHEN 'not_on_time' THEN f.is_due AND NOT f.is_on_time
               WHEN 'awaiting_triage' THEN f.status = 'triage'
               WHEN 'dispatched' THEN f.dispatched_at IS NOT NULL
               WHEN 'without_due_date' THEN f.due_at IS NULL
               ELSE false END)
      AND (criteria->>'topic' IS NULL
           OR CASE WHEN criteria->>'topic' = 'none' THEN f.topic_code IS NULL
                   WHEN criteria->>'topic' LIKE '%!' THEN f.topic_code = rtrim(criteria->>'topic', '!')
                   ELSE starts_with(f.topic_code, criteria->>'topic') END)
      AND (criteria->>'department' IS NULL
           OR CASE WHEN criteria->>'department' = 'none' THEN f.lead_department_id IS NULL
                   ELSE f.lead_department_id = criteria->>'department' END)
      AND (criteria->>'region' IS NULL
           OR CASE WHEN criteria->>'region' = 'none' THEN f.region_code IS NULL
                   WHEN criteria->>'region' LIKE '%!' THEN f.region_code = rtrim(criteria->>'region', '!')
                   ELSE f.region_code IN (SELECT region_subtree(criteria->>'region')) END)
      AND (criteria->>'channel' IS NULL OR f.channel::text = criteria->>'channel')
      AND (criteria->>'appeal_type' IS NULL OR f.appeal_type::text = criteria->>'appeal_type')
      AND (criteria->>'sentiment' IS NULL OR f.sentiment::text = criteria->>'sentiment')
      AND (criteria->>'emotion' IS NULL OR f.emotion::text = criteria->>'emotion')
      AND (criteria->>'displeased_with' IS NULL OR displeased_with(f.negative_aspects, criteria->>'displeased_with'))
      AND (criteria->>'urgency' IS NULL OR f.urgency::text = criteria->>'urgency')
      AND (criteria->>'submitted_from' IS NULL OR f.submitted_at >=
           (criteria->>'submitted_from')::date::timestamp AT TIME ZONE (criteria->>'zone'))
      AND (criteria->>'submitted_to' IS NULL OR f.submitted_at <
           ((criteria->>'submitted_to')::date + 1)::timestamp AT TIME ZONE (criteria->>'zone'))
      AND (criteria->>'import_id' IS NULL OR f.import_id = (criteria->>'import_id')::bigint)
      AND (criteria->>'unit' IS NULL OR EXISTS (
           SELECT FROM assignments a
           WHERE a.case_id = f.id AND a.ended_at IS NULL AND a.department_id = criteria->>'unit'))
      AND (criteria->>'text' IS NULL OR strpos(lower(f.title), lower(criteria->>'text')) > 0
           OR f.case_number = criteria->>'text')
      AND (criteria->>'issue_id' IS NULL OR EXISTS (
           SELECT FROM issue_members m
           WHERE m.submission_id = f.submission_id AND m.issue_id = (criteria->>'issue_id')::bigint))
      AND (criteria->>'alert_id' IS NULL OR EXISTS (
           SELECT FROM alert_submissions l
           WHERE l.submission_id = f.submission_id AND l.alert_id = (criteria->>'alert_id')::bigint))
$$;

GRANT SELECT ON voices TO wenzheng_app;
GRANT SELECT, INSERT, DELETE ON stale_hours, hourly_counts, series_counts, issue_counts, early_sign_thresholds
    TO wenzheng_app;
GRANT SELECT, UPDATE ON issue_counts_mark TO wenzheng_app;
GRANT SELECT, INSERT ON bursts, issue_level_changes, alert_settings, alert_events, alert_submissions TO wenzheng_app;
GRANT SELECT, INSERT, UPDATE ON issue_levels, alerts, alert_channels, alert_deliveries TO wenzheng_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO wenzheng_app;
