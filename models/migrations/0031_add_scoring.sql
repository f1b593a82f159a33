-- Cases left out of a rate, with reason and approver, printed beside it; and scores 考核: schemes as data, sheets frozen
-- when they are published, appeals 申诉 with their decisions.
CREATE TABLE case_exclusions (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id       bigint NOT NULL REFERENCES cases,
    -- a metric, or 'all'
    metric        text NOT NULL CHECK (metric <> ''),
    reason        text NOT NULL CHECK (reason <> ''),
    state         request_state NOT NULL DEFAULT 'requested',
    requested_at  timestamptz NOT NULL,
    requested_by  text NOT NULL,
    decided_at    timestamptz,
    decided_by    text,
    note          text NOT NULL DEFAULT '',
    CHECK (decided_by IS NULL OR decided_by <> requested_by)
);
CREATE UNIQUE INDEX one_exclusion ON case_exclusions (case_id, metric) WHERE state <> 'refused';
CREATE INDEX case_exclusions_accepted ON case_exclusions (case_id) WHERE state = 'accepted';
CREATE INDEX case_exclusions_open ON case_exclusions (requested_at) WHERE state = 'requested';

CREATE TABLE score_schemes (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text NOT NULL CHECK (name <> ''),
    -- kinds of unit that are scored together; units of different kinds are never ranked against each other
    unit_kinds    text[] NOT NULL,
    -- [{"id", "label", "metric" (null: deductions by hand), "points", "target", "slope", "least", "empty"}]
    indicators    jsonb NOT NULL,
    -- a unit with fewer cases is shown, not ranked
    least_cases   integer NOT NULL DEFAULT 30 CHECK (least_cases >= 1),
    ranked        boolean NOT NULL DEFAULT false,
    active        boolean NOT NULL DEFAULT true,
    -- a changed scheme is a new row; sheets keep the one that they were made by
    replaces_id   bigint REFERENCES score_schemes,
    created_at    timestamptz NOT NULL,
    created_by    text NOT NULL
);

CREATE TABLE score_deductions (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scheme_id     bigint NOT NULL REFERENCES score_schemes,
    indicator     text NOT NULL,
    department_id text NOT NULL REFERENCES departments,
    happened_on   date NOT NULL,
    times         integer NOT NULL CHECK (times > 0),
    reason        text NOT NULL CHECK (reason <> ''),
    entered_at    timestamptz NOT NULL,
    entered_by    text NOT NULL,
    withdrawn_at  timestamptz,
    withdrawn_by  text
);
CREATE INDEX score_deductions_scheme ON score_deductions (scheme_id, happened_on);

CREATE TABLE score_sheets (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scheme_id     bigint NOT NULL REFERENCES score_schemes,
    first_day     date NOT NULL,
    last_day      date NOT NULL,
    as_of         timestamptz NOT NULL,
    published_at  timestamptz NOT NULL,
    published_by  text NOT NULL,
    CHECK (first_day <= last_day),
    CONSTRAINT published_once UNIQUE (scheme_id, first_day, last_day)
);

CREATE TABLE score_rows (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sheet_id      bigint NOT NULL REFERENCES score_sheets,
    department_id text NOT NULL REFERENCES departments,
    -- as published: each indicator with numerator, denominator, excluded, value and score
    items         jsonb NOT NULL,
    total         numeric(6, 2) NOT NULL,
    -- what accepted appeals gave back; the published total stays beside it
    given_back    numeric(6, 2) NOT NULL DEFAULT 0,
    CONSTRAINT one_score UNIQUE (sheet_id, department_id)
);

CREATE TABLE score_appeals (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    row_id        bigint NOT NULL REFERENCES score_rows,
    indicator     text NOT NULL,
    case_id       bigint REFERENCES cases,
    reason        text NOT NULL CHECK (reason <> ''),
    state         request_state NOT NULL DEFAULT 'requested',
    requested_at  timestamptz NOT NULL,
    requested_by  text NOT NULL,
    decided_at    timestamptz,
    decided_by    text,
    note          text NOT NULL DEFAULT '',
    points        numeric(6, 2) NOT NULL DEFAULT 0 CHECK (points >= 0)
);
CREATE UNIQUE INDEX one_open_appeal ON score_appeals (row_id, indicator) WHERE state = 'requested';
CREATE INDEX score_appeals_row ON score_appeals (row_id, id);

GRANT SELECT, INSERT, UPDATE ON case_exclusions, score_schemes, score_deductions, score_rows, score_appeals TO wenzheng_app;
GRANT SELECT, INSERT ON score_sheets TO wenzheng_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO wenzheng_app;
