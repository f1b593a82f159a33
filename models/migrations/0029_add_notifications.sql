-- Messages about cases: to whoever wrote, by SMS or e-mail; to units and to the city's desks, by the channels of alerts.
-- An event of a case puts itself in the queue in its own transaction; the row is the job from there on.
CREATE TYPE notification_kind AS ENUM ('dispatched', 'due_changed', 'suspended', 'replied', 'completed', 'reopened',
    'unit_new', 'unit_reminded', 'unit_supervised', 'unit_due', 'city_due');
CREATE TYPE notification_medium AS ENUM ('sms', 'email', 'channel');
-- unclear: who was sending died, or no answer came; it may have arrived, so it is not sent again by itself
CREATE TYPE notification_state AS ENUM ('waiting', 'sending', 'sent', 'failed', 'dropped', 'unclear');

CREATE TABLE notification_queue (
    event_id      bigint PRIMARY KEY REFERENCES case_events ON DELETE CASCADE
);

CREATE TABLE notifications (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id      bigint NOT NULL REFERENCES case_events,
    case_id       bigint NOT NULL REFERENCES cases,
    kind          notification_kind NOT NULL,
    medium        notification_medium NOT NULL,
    -- of a message to a unit or to the city; that of a submitter is read from the sealed original when it is sent
    channel_id    bigint REFERENCES alert_channels,
    -- the address as a page may show it
    shown         text NOT NULL,
    subject       text NOT NULL,
    body          text NOT NULL,
    state         notification_state NOT NULL DEFAULT 'waiting',
    attempts      integer NOT NULL DEFAULT 0,
    created_at    timestamptz NOT NULL,
    next_at       timestamptz NOT NULL,
    sent_at       timestamptz,
    problem       text NOT NULL DEFAULT '',
    CHECK ((medium = 'channel') = (channel_id IS NOT NULL))
);
-- Nothing is sent twice: one message of one kind about one event by one way.
CREATE UNIQUE INDEX notified_once ON notifications (event_id, kind, medium, (coalesce(channel_id, 0)));
CREATE INDEX notifications_waiting ON notifications (next_at, id) WHERE state IN ('waiting', 'sending');
CREATE INDEX notifications_case ON notifications (case_id, id);

-- What an administrator wrote instead of the program's own words; a kind without a row has those.
CREATE TABLE notification_templates (
    kind          notification_kind PRIMARY KEY,
    subject       text NOT NULL CHECK (subject <> ''),
    body          text NOT NULL CHECK (body <> ''),
    active        boolean NOT NULL,
    changed_at    timestamptz NOT NULL,
    changed_by    text NOT NULL
);

CREATE TABLE notification_settings (
    only_one      boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    -- nobody's telephone rings at night
    quiet_from    time NOT NULL DEFAULT '21:00',
    quiet_to      time NOT NULL DEFAULT '08:00',
    -- messages to one submitter about one case in 24 hours
    most_a_day    integer NOT NULL DEFAULT 5 CHECK (most_a_day BETWEEN 0 AND 100)
);
INSERT INTO notification_settings DEFAULT VALUES;

-- Channels of a unit, or of the city, that also take what happens to cases.
ALTER TABLE alert_channels ADD COLUMN case_notices boolean NOT NULL DEFAULT false;

-- Texts of comparison: a value added by an earlier migration cannot be named as an enum in the same run.
CREATE FUNCTION queue_notifications() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notification_queue (event_id)
    SELECT e.id FROM written e
    WHERE e.action::text IN ('dispatch', 'redispatch', 'accept_return', 'designate', 'grant_extension', 'recalculate',
        'grant_suspension', 'reply', 'complete', 'reopen', 'rework', 'remind', 'supervise', 'escalate');
    RETURN NULL;
END
$$;
CREATE TRIGGER case_events_are_told AFTER INSERT ON case_events
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION queue_notifications();

GRANT SELECT, INSERT, UPDATE, DELETE ON notification_queue, notification_templates TO wenzheng_app;
GRANT SELECT, INSERT, UPDATE ON notifications, notification_settings TO wenzheng_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO wenzheng_app;
