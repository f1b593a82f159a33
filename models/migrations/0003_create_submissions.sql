CREATE TYPE submission_state AS ENUM ('pending', 'processed');
CREATE TYPE sentiment AS ENUM ('negative', 'neutral', 'positive');
CREATE TYPE urgency AS ENUM ('normal', 'elevated', 'urgent', 'critical');

CREATE TABLE imports (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel       channel NOT NULL,
    file_name     text NOT NULL,
    preset        text NOT NULL,
    actor         text NOT NULL,
    started_at    timestamptz NOT NULL,
    finished_at   timestamptz,
    rows_read     bigint NOT NULL DEFAULT 0,
    rows_new      bigint NOT NULL DEFAULT 0,
    rows_already_here bigint NOT NULL DEFAULT 0,
    rows_rejected bigint NOT NULL DEFAULT 0
);

CREATE SEQUENCE receipt_number_seq;

-- The row is the job: state 'pending' is the queue.
CREATE TABLE submissions (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    receipt_number text NOT NULL UNIQUE,
    channel       channel NOT NULL,
    source        text NOT NULL,
    source_id     text,
    -- SHA-256 over what identifies the record (intake/duplicates.py); the whole refusal of "already here" hangs on it
    identity      bytea NOT NULL,
    content_hash  bytea NOT NULL,
    title         text NOT NULL,
    body          text NOT NULL,
    submitted_at  timestamptz NOT NULL,
    received_at   timestamptz NOT NULL,
    submitter_key bytea,
    submitter_name text NOT NULL DEFAULT '',
    place         text NOT NULL DEFAULT '',
    declared_appeal_type appeal_type,
    confidential  boolean NOT NULL DEFAULT false,
    likes         integer NOT NULL DEFAULT 0 CHECK (likes >= 0),
    comments      integer NOT NULL DEFAULT 0 CHECK (comments >= 0),
    reposts       integer NOT NULL DEFAULT 0 CHECK (reposts >= 0),
    details       jsonb NOT NULL DEFAULT '{}',
    import_id     bigint REFERENCES imports,
    query_code_hash bytea,
    state         submission_state NOT NULL DEFAULT 'pending',
    CONSTRAINT submission_already_here UNIQUE (identity)
);
CREATE INDEX submissions_pending ON submissions (id) WHERE state = 'pending';
CREATE INDEX submissions_submitted ON submissions (submitted_at);
CREATE INDEX submissions_submitter ON submissions (submitter_key) WHERE submitter_key IS NOT NULL;
CREATE INDEX submissions_import ON submissions (import_id) WHERE import_id IS NOT NULL;

-- Title, text and contact as they came, encrypted with a key that is not in the database.
CREATE TABLE originals (
    submission_id bigint PRIMARY KEY REFERENCES submissions ON DELETE CASCADE,
    ciphertext    bytea NOT NULL
);

CREATE TABLE analyses (
    submission_id bigint PRIMARY KEY REFERENCES submissions ON DELETE CASCADE,
    topic_code    text REFERENCES topics,
    topic_confidence double precision NOT NULL,
    suggestions   jsonb NOT NULL,
    appeal_type   appeal_type NOT NULL,
    appeal_confidence double precision NOT NULL,
    sentiment     sentiment NOT NULL,
    sentiment_confidence double precision NOT NULL,
    urgency       urgency NOT NULL,
    urgency_confidence double precision NOT NULL,
    detector_hits jsonb NOT NULL,
    region_code   text REFERENCES regions,
    region_confidence double precision NOT NULL,
    place_text    text NOT NULL,
    keywords      jsonb NOT NULL,
    organisations text[] NOT NULL,
    versions      jsonb NOT NULL,
    analysed_at   timestamptz NOT NULL
);
CREATE INDEX analyses_topic ON analyses (topic_code);
