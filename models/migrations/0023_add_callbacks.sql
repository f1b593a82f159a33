-- What follows the answer of a unit: callbacks 回访 with satisfaction 满意度, rework 重办; and what stops its clock: suspensions 挂起.
ALTER TYPE case_action ADD VALUE 'callback';
ALTER TYPE case_action ADD VALUE 'rework';
ALTER TYPE case_action ADD VALUE 'settle';
ALTER TYPE case_action ADD VALUE 'request_suspension';
ALTER TYPE case_action ADD VALUE 'grant_suspension';
ALTER TYPE case_action ADD VALUE 'refuse_suspension';
ALTER TYPE case_action ADD VALUE 'resume';

CREATE TYPE callback_state AS ENUM ('not_drawn', 'waiting', 'done', 'unreachable', 'refused', 'cancelled');
CREATE TYPE callback_draw AS ENUM ('sample', 'negative', 'supervised', 'reworked', 'not_drawn');
CREATE TYPE callback_entry AS ENUM ('phone', 'link', 'page');
CREATE TYPE solved_answer AS ENUM ('yes', 'partly', 'no');
CREATE TYPE satisfaction AS ENUM ('very', 'satisfied', 'basically', 'dissatisfied', 'very_dissatisfied');
CREATE TYPE callback_decision AS ENUM ('rework', 'settled');
CREATE TYPE suspension_state AS ENUM ('requested', 'running', 'refused', 'ended');

-- Which completed cases are called back. A version is never changed: each callback names the one it was drawn by.
CREATE TABLE callback_rules (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    profile       text NOT NULL,
    version       integer NOT NULL CHECK (version > 0),
    -- the share of the completed cases that are drawn, and that of single appeal types
    share         double precision NOT NULL CHECK (share BETWEEN 0 AND 1),
    shares        jsonb NOT NULL DEFAULT '{}',
    -- drawn whatever the share
    always        callback_draw[] NOT NULL,
    -- working days after the completion: to call, for the submitter's own answer, to archive
    clock_days    integer NOT NULL CHECK (clock_days > 0),
    window_days   integer NOT NULL CHECK (window_days > 0),
    archive_days  integer NOT NULL CHECK (archive_days > 0),
    -- calls without an answer until it is given up
    attempts      integer NOT NULL CHECK (attempts > 0),
    -- whether 基本满意 counts as satisfied
    basically_counts boolean NOT NULL,
    -- makes the draw: nobody can tell beforehand, everybody can check afterwards
    seed          bytea NOT NULL,
    created_at    timestamptz NOT NULL,
    created_by    text NOT NULL,
    UNIQUE (profile, version)
);

-- One row for each completion of a case. `current`: of its last completion.
CREATE TABLE case_callbacks (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id       bigint NOT NULL REFERENCES cases,
    round         integer NOT NULL,
    current       boolean NOT NULL DEFAULT true,
    rule_id       bigint NOT NULL REFERENCES callback_rules,
    draw          callback_draw NOT NULL,
    department_id text NOT NULL REFERENCES departments,
    completed_at  timestamptz NOT NULL,
    state         callback_state NOT NULL,
    attempts      integer NOT NULL DEFAULT 0,
    -- not called again before
    next_at       timestamptz,
    -- who is calling just now
    taken_by      text,
    taken_until   timestamptz,
    entry         callback_entry,
    solved        solved_answer,
    satisfaction  satisfaction,
    attitude      satisfaction,
    note          text NOT NULL DEFAULT '',
    answered_at   timestamptz,
    answered_by   text,
    decision      callback_decision,
    decision_note text NOT NULL DEFAULT '',
    decided_at    timestamptz,
    decided_by    text,
    -- the rework got a new clock (a case that was late already gets none)
    clock_renewed boolean NOT NULL DEFAULT false,
    CONSTRAINT one_callback_a_completion UNIQUE (case_id, round),
    CONSTRAINT answered_whole CHECK ((state = 'done') = (solved IS NOT NULL AND satisfaction IS NOT NULL))
);
CREATE UNIQUE INDEX one_current_callback ON case_callbacks (case_id) WHERE current;
CREATE INDEX case_callbacks_waiting ON case_callbacks (completed_at, id) WHERE state = 'waiting';
CREATE INDEX case_callbacks_done ON case_callbacks (answered_at) WHERE state = 'done' AND current AND decision IS NULL;
CREATE INDEX case_callbacks_decided ON case_callbacks (case_id) WHERE decision IS NOT NULL;

-- How often, and how many working days together; 0: not allowed.
ALTER TABLE casework_rules
    ADD COLUMN suspension_times integer NOT NULL DEFAULT 0 CHECK (suspension_times >= 0),
    ADD COLUMN suspension_days integer NOT NULL DEFAULT 0 CHECK (suspension_days >= 0);

CREATE TABLE case_suspensions (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id       bigint NOT NULL REFERENCES cases,
    department_id text NOT NULL REFERENCES departments,
    reason        text NOT NULL CHECK (reason <> ''),
    -- the last day on which the clock stands
    until_date    date NOT NULL,
    state         suspension_state NOT NULL DEFAULT 'requested',
    requested_at  timestamptz NOT NULL,
    requested_by  text NOT NULL,
    decided_at    timestamptz,
    decided_by    text,
    note          text NOT NULL DEFAULT '',
    -- what was due before: the day is counted again when it ends
    due_date_before date,
    due_at_before timestamptz,
    basis_before  text NOT NULL DEFAULT '',
    -- working days that the clock stood, known when it ends
    days          integer,
    ended_at      timestamptz,
    ended_by      text
);
CREATE UNIQUE INDEX one_open_suspension ON case_suspensions (case_id) WHERE state IN ('requested', 'running');
CREATE INDEX case_suspensions_case ON case_suspensions (case_id, id);
CREATE INDEX case_suspensions_open ON case_suspensions (requested_at) WHERE state = 'requested';
CREATE INDEX case_suspensions_running ON case_suspensions (until_date) WHERE state = 'running';

-- States of a case that other records say: what the rates count and the lists open, defined once.
-- suspended: its clock stands. finished: completed at least once. reworked: done anew at least once.
-- callback_*: of the last completion, drawn ones alone (who was not drawn and answers by himself is no sample); valid
-- ones were answered. dissatisfied: answered not solved or not satisfied, nobody has decided yet.
-- response_due: sign-in and first contact of the unit that leads are met, or one is late by now; responded: all in time.
-- A clock that ended before it was due, the case taken away or completed, is left out.
-- One expression, so that PostgreSQL puts it in the place of the call and uses the indexes.
CREATE FUNCTION case_in_state(wanted bigint, state text, as_of timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT CASE state
        WHEN 'suspended' THEN EXISTS (
            SELECT FROM case_suspensions s WHERE s.case_id = wanted AND s.state = 'running')
        WHEN 'finished' THEN EXISTS (
            SELECT FROM cases c WHERE c.id = wanted AND (c.status IN ('completed', 'closed')
                OR EXISTS (SELECT FROM case_callbacks b WHERE b.case_id = c.id)))
        WHEN 'reworked' THEN EXISTS (
            SELECT FROM case_callbacks b WHERE b.case_id = wanted AND b.decision = 'rework')
        WHEN 'callback_waiting' THEN EXISTS (
            SELECT FROM case_callbacks b WHERE b.case_id = wanted AND b.current AND b.state = 'waiting')
        WHEN 'callback_unreachable' THEN EXISTS (
            SELECT FROM case_callbacks b WHERE b.case_id = wanted AND b.current AND b.state = 'unreachable')
        WHEN 'callback_refused' THEN EXISTS (
            SELECT FROM case_callbacks b WHERE b.case_id = wanted AND b.current AND b.state = 'refused')
        WHEN 'callback_valid' THEN EXISTS (
            SELECT FROM case_callbacks b
            WHERE b.case_id = wanted AND b.current AND b.draw <> 'not_drawn' AND b.state = 'done')
        WHEN 'callback_solved' THEN EXISTS (
            SELECT FROM case_callbacks b
            WHERE b.case_id = wanted AND b.current AND b.draw <> 'not_drawn' AND b.state = 'done' AND b.solved = 'yes')
        WHEN 'callback_satisfied' THEN EXISTS (
            SELECT FROM case_callbacks b JOIN callback_rules r ON r.id = b.rule_id
            WHERE b.case_id = wanted AND b.current AND b.draw <> 'not_drawn' AND b.state = 'done'
              AND (b.satisfaction IN ('very', 'satisfied') OR b.satisfaction = 'basically' AND r.basically_counts))
        WHEN 'dissatisfied' THEN EXISTS (
            SELECT FROM case_callbacks b
            WHERE b.case_id = wanted AND b.current AND b.state = 'done' AND b.decision IS NULL
              AND (b.solved <> 'yes' OR b.satisfaction IN ('dissatisfied', 'very_dissatisfied')))
        WHEN 'response_due' THEN coalesce((
            SELECT bool_and(u.met_at IS NOT NULL) OR bool_or(coalesce(u.met_at, as_of) > u.due_at)
            FROM unit_clocks u JOIN cases c ON c.id = u.case_id AND c.lead_department_id = u.department_id
            WHERE u.case_id = wanted AND (u.met_at IS NOT NULL OR u.ended_at IS NULL OR u.ended_at > u.due_at)), false)
        WHEN 'responded' THEN coalesce((
            SELECT bool_and(coalesce(u.met_at <= u.due_at, false))
            FROM unit_clocks u JOIN cases c ON c.id = u.case_id AND c.lead_department_id = u.department_id
            WHERE u.case_id = wanted AND (u.met_at IS NOT NULL OR u.ended_at IS NULL OR u.ended_at > u.due_at)), false)
        ELSE false END
$$;

-- As it is, and these states.
DO $do$
DECLARE
    definition text := pg_get_functiondef('matching_cases(timestamptz, jsonb)'::regprocedure);
    widened text := replace(definition, 'ELSE false END)',
                            'ELSE case_in_state(f.id, criteria->>''state'', as_of) END)');
BEGIN
    IF widened = definition THEN
        RAISE EXCEPTION 'matching_cases has no place for further states';
    END IF;
    EXECUTE widened;
END
$do$;

GRANT SELECT, INSERT ON callback_rules TO wenzheng_app;
GRANT SELECT, INSERT, UPDATE ON case_callbacks, case_suspensions TO wenzheng_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO wenzheng_app;
