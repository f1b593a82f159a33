CREATE TYPE case_status AS ENUM ('triage', 'dispatched', 'in_progress', 'completed', 'closed');
CREATE TYPE case_action AS ENUM ('open', 'dispatch', 'redispatch', 'acknowledge', 'reply', 'complete', 'reopen', 'close');
CREATE TYPE assignment_role AS ENUM ('lead', 'co_handling');
CREATE TYPE completion_result AS ENUM ('solved', 'explained', 'not_solvable');

CREATE TABLE cases (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_number   text NOT NULL UNIQUE,
    submission_id bigint NOT NULL REFERENCES submissions,
    channel       channel NOT NULL,
    title         text NOT NULL,
    status        case_status NOT NULL,
    appeal_type   appeal_type NOT NULL,
    topic_code    text REFERENCES topics,
    region_code   text REFERENCES regions,
    sentiment     sentiment NOT NULL,
    urgency       urgency NOT NULL,
    confidential  boolean NOT NULL,
    lead_department_id text REFERENCES departments,
    triage_reason text NOT NULL DEFAULT '',
    submitted_at  timestamptz NOT NULL,
    received_at   timestamptz NOT NULL,
    opened_at     timestamptz NOT NULL,
    dispatched_at timestamptz,
    acknowledged_at timestamptz,
    completed_at  timestamptz,
    completion_result completion_result,
    closed_at     timestamptz,
    due_date      date,
    due_at        timestamptz,
    due_basis     text NOT NULL DEFAULT '',
    version       integer NOT NULL DEFAULT 1,
    CONSTRAINT one_case_per_submission UNIQUE (submission_id),
    CONSTRAINT dispatched_has_lead CHECK (status = 'triage' OR (lead_department_id IS NOT NULL AND dispatched_at IS NOT NULL)),
    CONSTRAINT completed_has_time CHECK (status NOT IN ('completed', 'closed') OR completed_at IS NOT NULL)
);
CREATE INDEX cases_lead ON cases (lead_department_id, due_at);
CREATE INDEX cases_status ON cases (status, due_at);
CREATE INDEX cases_submitted ON cases (submitted_at);

CREATE TABLE assignments (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id       bigint NOT NULL REFERENCES cases,
    department_id text NOT NULL REFERENCES departments,
    role          assignment_role NOT NULL,
    assigned_at   timestamptz NOT NULL,
    ended_at      timestamptz
);
CREATE UNIQUE INDEX assignments_current ON assignments (case_id, department_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX assignments_one_lead ON assignments (case_id) WHERE ended_at IS NULL AND role = 'lead';
CREATE INDEX assignments_department ON assignments (department_id) WHERE ended_at IS NULL;

CREATE TABLE replies (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id       bigint NOT NULL REFERENCES cases,
    department_id text REFERENCES departments,
    author        text NOT NULL,
    body          text NOT NULL CHECK (body <> ''),
    public        boolean NOT NULL,
    created_at    timestamptz NOT NULL
);
CREATE INDEX replies_case ON replies (case_id);

CREATE TABLE case_events (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id       bigint NOT NULL REFERENCES cases,
    seq           integer NOT NULL,
    at            timestamptz NOT NULL,
    actor         text NOT NULL,
    action        case_action NOT NULL,
    from_status   case_status,
    to_status     case_status NOT NULL,
    payload       jsonb NOT NULL,
    prev_hash     bytea NOT NULL,
    hash          bytea NOT NULL,
    -- two writers on one case: the second one finds its number taken
    CONSTRAINT case_changed_by_other UNIQUE (case_id, seq)
);

-- One row per sealed range of events, each over the one before: cutting off the tail of a chain shows here.
CREATE TABLE event_seals (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sealed_at     timestamptz NOT NULL,
    from_event_id bigint NOT NULL,
    to_event_id   bigint NOT NULL,
    event_count   bigint NOT NULL,
    prev_hash     bytea NOT NULL,
    hash          bytea NOT NULL
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER case_events_append_only BEFORE UPDATE OR DELETE ON case_events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_events_no_truncate BEFORE TRUNCATE ON case_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_seals_append_only BEFORE UPDATE OR DELETE ON event_seals
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_seals_no_truncate BEFORE TRUNCATE ON event_seals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER administration_events_append_only BEFORE UPDATE OR DELETE ON administration_events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER administration_events_no_truncate BEFORE TRUNCATE ON administration_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
