-- What people teach, and the classifiers that learnt it.

CREATE TYPE label_source AS ENUM ('triage', 'redispatch', 'return', 'review', 'audit');
CREATE TYPE classifier_state AS ENUM ('candidate', 'shadow', 'live', 'retired', 'rejected');
CREATE TYPE training_outcome AS ENUM ('requested', 'running', 'shadow', 'rejected', 'unchanged', 'too_few', 'failed', 'interrupted');

-- Append-only; the newest line of a submission counts. `probability` is the chance with which the letter came before a person
-- whatever it said: NULL where a person, a margin or a complaint picked it (such lines teach, but say nothing about rates).
CREATE TABLE topic_labels (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    submission_id bigint NOT NULL REFERENCES submissions,
    topic_code    text NOT NULL REFERENCES topics,
    appeal_type   appeal_type,
    source        label_source NOT NULL,
    actor         text NOT NULL,
    at            timestamptz NOT NULL,
    predicted_code text,
    predicted_confidence double precision NOT NULL,
    classifier_version text NOT NULL,
    probability   double precision CHECK (probability > 0 AND probability <= 1)
);
CREATE INDEX topic_labels_submission ON topic_labels (submission_id, id DESC);
CREATE INDEX topic_labels_at ON topic_labels (at);

-- Automatic dispatches drawn at random for a second look, in the transaction that dispatched them.
CREATE TABLE audit_samples (
    submission_id bigint PRIMARY KEY REFERENCES submissions,
    probability   double precision NOT NULL CHECK (probability > 0 AND probability <= 1),
    drawn_at      timestamptz NOT NULL
);

CREATE TABLE classifier_versions (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version       text NOT NULL,
    kind          text NOT NULL,
    state         classifier_state NOT NULL,
    card          jsonb NOT NULL,
    gate          jsonb NOT NULL DEFAULT '{}',
    -- labels up to this one may have been learnt from
    last_label_id bigint NOT NULL,
    labels        integer NOT NULL,
    trained_at    timestamptz NOT NULL,
    trained_by    text NOT NULL,
    shadow_since  timestamptz,
    shadow_claimed bigint NOT NULL DEFAULT 0,
    shadow_compared bigint NOT NULL DEFAULT 0,
    promoted_at   timestamptz,
    promoted_by   text,
    -- why a process could not load it; empty where it could
    problem       text NOT NULL DEFAULT '',
    CONSTRAINT classifier_version_known UNIQUE (version)
);
CREATE UNIQUE INDEX classifier_one_live ON classifier_versions (state) WHERE state = 'live';
CREATE UNIQUE INDEX classifier_one_shadow ON classifier_versions (state) WHERE state = 'shadow';

CREATE TABLE classifier_files (
    classifier_id bigint NOT NULL REFERENCES classifier_versions,
    name          text NOT NULL CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,60}$'),
    content       bytea NOT NULL,
    sha256        bytea NOT NULL,
    PRIMARY KEY (classifier_id, name),
    CONSTRAINT classifier_file_small CHECK (octet_length(content) <= 134217728)
);
-- packed already
ALTER TABLE classifier_files ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE training_runs (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    actor         text NOT NULL,
    started_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    finished_at   timestamptz,
    step          text NOT NULL DEFAULT '',
    fraction      double precision NOT NULL DEFAULT 0,
    outcome       training_outcome NOT NULL DEFAULT 'running',
    reason        text NOT NULL DEFAULT '',
    classifier_id bigint REFERENCES classifier_versions
);
CREATE UNIQUE INDEX training_one_requested ON training_runs (outcome) WHERE outcome = 'requested';

-- Analysed by the live classifier, waiting for the shadow's opinion. Taken out before it is asked: a text that breaks
-- it is asked once.
CREATE TABLE shadow_queue (
    submission_id bigint PRIMARY KEY REFERENCES submissions ON DELETE CASCADE
);
CREATE TABLE shadow_differences (
    classifier_id bigint NOT NULL REFERENCES classifier_versions,
    submission_id bigint NOT NULL REFERENCES submissions,
    live_code     text,
    live_confidence double precision NOT NULL,
    live_version  text NOT NULL,
    shadow_code   text,
    shadow_confidence double precision NOT NULL,
    at            timestamptz NOT NULL,
    PRIMARY KEY (classifier_id, submission_id)
);

-- Append-only; the newest line counts. `max_error` NULL: no promise, the rules' minimum alone decides.
CREATE TABLE learning_settings (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at            timestamptz NOT NULL,
    actor         text NOT NULL,
    max_error     double precision CHECK (max_error > 0 AND max_error < 1),
    audit_share   double precision NOT NULL CHECK (audit_share >= 0 AND audit_share <= 1)
);

-- One line per computation: what may be dispatched automatically when `classifier_version` speaks. Append-only.
CREATE TABLE dispatch_thresholds (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    computed_at   timestamptz NOT NULL,
    classifier_version text NOT NULL,
    max_error     double precision NOT NULL,
    pooled        double precision,
    by_stratum    jsonb NOT NULL,
    report        jsonb NOT NULL
);
CREATE INDEX dispatch_thresholds_version ON dispatch_thresholds (classifier_version, id DESC);

CREATE TABLE drift_reports (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at            timestamptz NOT NULL,
    alarm         boolean NOT NULL,
    report        jsonb NOT NULL
);

GRANT SELECT, INSERT, UPDATE, DELETE ON topic_labels, audit_samples, classifier_versions, classifier_files, training_runs,
    shadow_queue, shadow_differences, learning_settings, dispatch_thresholds, drift_reports TO wenzheng_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO wenzheng_app;
REVOKE UPDATE, DELETE ON topic_labels, audit_samples, classifier_files, learning_settings, dispatch_thresholds,
    drift_reports FROM wenzheng_app;
REVOKE DELETE ON classifier_versions, training_runs FROM wenzheng_app;
