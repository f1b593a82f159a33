CREATE TYPE role AS ENUM ('officer', 'dispatcher', 'supervisor', 'leader', 'administrator');

CREATE TABLE accounts (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    username      text NOT NULL CHECK (username = lower(username) AND username <> ''),
    display_name  text NOT NULL,
    password_hash text NOT NULL,
    role          role NOT NULL,
    department_id text REFERENCES departments,
    active        boolean NOT NULL DEFAULT true,
    created_at    timestamptz NOT NULL DEFAULT now(),
    -- an officer without a unit would see nothing, or everything by mistake
    CONSTRAINT officer_has_department CHECK (role <> 'officer' OR department_id IS NOT NULL),
    CONSTRAINT accounts_username_taken UNIQUE (username)
);

-- `id` is the SHA-256 of the token in the cookie: a stolen table opens no session.
CREATE TABLE sessions (
    id            bytea PRIMARY KEY,
    account_id    bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    csrf_token    text NOT NULL,
    created_at    timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id);

-- Counters of what may be tried only so often (sign-in, query codes, letters). Losing them in a crash is harmless.
CREATE UNLOGGED TABLE rate_counters (
    key           text NOT NULL,
    window_start  timestamptz NOT NULL,
    count         integer NOT NULL,
    PRIMARY KEY (key, window_start)
);

-- What administrators did: accounts, roles, reference rows. Append-only, like case_events. Their number is also
-- the version of the reference rows: whoever caches them compares it.
CREATE TABLE administration_events (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at            timestamptz NOT NULL,
    actor         text NOT NULL,
    action        text NOT NULL,
    payload       jsonb NOT NULL
);
