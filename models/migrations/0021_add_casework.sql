-- What happens beside the status of a case: returns 退单, extensions 延期, contact, opinions, reminders, supervision 督办, and the
-- clocks of the unit. Each is a record of its own and a line in the chain of the case.
ALTER TYPE case_action ADD VALUE 'request_return';
ALTER TYPE case_action ADD VALUE 'accept_return';
ALTER TYPE case_action ADD VALUE 'refuse_return';
ALTER TYPE case_action ADD VALUE 'designate';
ALTER TYPE case_action ADD VALUE 'contact';
ALTER TYPE case_action ADD VALUE 'opinion';
ALTER TYPE case_action ADD VALUE 'request_extension';
ALTER TYPE case_action ADD VALUE 'grant_extension';
ALTER TYPE case_action ADD VALUE 'refuse_extension';
ALTER TYPE case_action ADD VALUE 'remind';
ALTER TYPE case_action ADD VALUE 'supervise';
ALTER TYPE case_action ADD VALUE 'answer_supervision';
ALTER TYPE case_action ADD VALUE 'note';

CREATE TYPE request_state AS ENUM ('requested', 'accepted', 'refused');
CREATE TYPE return_reason AS ENUM ('not_our_duty', 'other_region', 'several_units', 'duplicate', 'too_little', 'other');
CREATE TYPE supervision_trigger AS ENUM ('overdue', 'refused', 'repeated', 'solvable', 'effect', 'other');
CREATE TYPE supervision_level AS ENUM ('ordinary', 'special', 'listed');
CREATE TYPE unit_clock_kind AS ENUM ('acknowledge', 'contact');

-- The limits of a profile that are not the completion of a case; a profile without a row has those of the program
-- (routing/casework_rules.py). NULL: no such limit, or not allowed.
CREATE TABLE casework_rules (
    profile       text PRIMARY KEY,
    acknowledge_n integer CHECK (acknowledge_n > 0),
    acknowledge_unit text NOT NULL DEFAULT 'wd' CHECK (acknowledge_unit IN ('wd', 'd', 'd_roll', 'h')),
    contact_n     integer CHECK (contact_n > 0),
    contact_unit  text NOT NULL DEFAULT 'wd' CHECK (contact_unit IN ('wd', 'd', 'd_roll', 'h')),
    return_n      integer CHECK (return_n > 0),
    return_unit   text NOT NULL DEFAULT 'wd' CHECK (return_unit IN ('wd', 'd', 'd_roll', 'h')),
    -- how often, and how many working days each time
    extension_times integer NOT NULL DEFAULT 0 CHECK (extension_times >= 0),
    extension_days integer NOT NULL DEFAULT 0 CHECK (extension_days >= 0),
    source        text NOT NULL DEFAULT ''
);

-- Named by whoever decides a dispute: such a unit may not return the case again (潍坊市12345条例 22).
ALTER TABLE assignments ADD COLUMN designated boolean NOT NULL DEFAULT false;

CREATE TABLE case_returns (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id       bigint NOT NULL REFERENCES cases,
    department_id text NOT NULL REFERENCES departments,
    reason        return_reason NOT NULL,
    explanation   text NOT NULL CHECK (explanation <> ''),
    -- who should have it, says the unit
    proposed_id   text REFERENCES departments,
    state         request_state NOT NULL DEFAULT 'requested',
    requested_at  timestamptz NOT NULL,
    requested_by  text NOT NULL,
    -- until when it could be asked for
    window_ends   timestamptz,
    decided_at    timestamptz,
    decided_by    text,
    note          text NOT NULL DEFAULT '',
    -- who has it now
    given_to_id   text REFERENCES departments
);
CREATE UNIQUE INDEX one_open_return ON case_returns (case_id) WHERE state = 'requested';
CREATE INDEX case_returns_case ON case_returns (case_id, id);
CREATE INDEX case_returns_open ON case_returns (requested_at) WHERE state = 'requested';

CREATE TABLE case_extensions (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id       bigint NOT NULL REFERENCES cases,
    department_id text NOT NULL REFERENCES departments,
    days          integer NOT NULL CHECK (days > 0),
    reason        text NOT NULL CHECK (reason <> ''),
    state         request_state NOT NULL DEFAULT 'requested',
    requested_at  timestamptz NOT NULL,
    requested_by  text NOT NULL,
    decided_at    timestamptz,
    decided_by    text,
    note          text NOT NULL DEFAULT '',
    due_before    timestamptz NOT NULL,
    due_after     timestamptz
);
CREATE UNIQUE INDEX one_open_extension ON case_extensions (case_id) WHERE state = 'requested';
CREATE INDEX case_extensions_case ON case_extensions (case_id, id);
CREATE INDEX case_extensions_open ON case_extensions (requested_at) WHERE state = 'requested';

CREATE TABLE case_supervisions (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id       bigint NOT NULL REFERENCES cases,
    trigger       supervision_trigger NOT NULL,
    level         supervision_level NOT NULL,
    demand        text NOT NULL CHECK (demand <> ''),
    due_at        timestamptz NOT NULL,
    given_at      timestamptz NOT NULL,
    given_by      text NOT NULL,
    answer        text NOT NULL DEFAULT '',
    answered_at   timestamptz,
    answered_by   text
);
CREATE UNIQUE INDEX one_open_supervision ON case_supervisions (case_id) WHERE answered_at IS NULL;
CREATE INDEX case_supervisions_case ON case_supervisions (case_id, id);
CREATE INDEX case_supervisions_open ON case_supervisions (due_at) WHERE answered_at IS NULL;

-- The unit's own clocks, from dispatch. The completion of the case is the citizen's and stays with the case.
CREATE TABLE unit_clocks (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id       bigint NOT NULL REFERENCES cases,
    department_id text NOT NULL REFERENCES departments,
    kind          unit_clock_kind NOT NULL,
    started_at    timestamptz NOT NULL,
    due_at        timestamptz NOT NULL,
    basis         text NOT NULL,
    met_at        timestamptz,
    -- it was taken from the unit, or completed: what was late by then stays late
    ended_at      timestamptz
);
CREATE UNIQUE INDEX one_running_clock ON unit_clocks (case_id, kind) WHERE met_at IS NULL AND ended_at IS NULL;
CREATE INDEX unit_clocks_case ON unit_clocks (case_id, id);
CREATE INDEX unit_clocks_running ON unit_clocks (due_at) WHERE met_at IS NULL AND ended_at IS NULL;

GRANT SELECT, INSERT, UPDATE ON casework_rules, case_returns, case_extensions, case_supervisions, unit_clocks
    TO wenzheng_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO wenzheng_app;
