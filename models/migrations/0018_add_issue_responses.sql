-- The response to an issue 舆情处置: collect 收集, assess 研判, dispose 处置, respond 回应, review 评估; its clocks, the tasks
-- of departments, the public answer, and which cases were answered with it.
CREATE TYPE response_stage AS ENUM ('collect', 'assess', 'dispose', 'respond', 'review', 'closed');
CREATE TYPE response_action AS ENUM (
    'open', 'submit', 'assess', 'task', 'report', 'withdraw', 'inform', 'brief', 'draft', 'return', 'sign', 'publish',
    'close', 'undo_close', 'dismiss', 'hand_over', 'note');
CREATE TYPE response_clock_kind AS ENUM ('information', 'conference', 'response');
CREATE TYPE response_task_state AS ENUM ('open', 'reported', 'withdrawn');
CREATE TYPE response_answer_state AS ENUM ('draft', 'returned', 'signed', 'published');

-- Hours that run day and night. 国办发〔2016〕61号: major emergencies 5 and 24 hours; the 48 hours for others are from
-- 国办发〔2013〕100号 and its local rules. Append-only; the newest line of a kind counts.
CREATE TABLE response_hours (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind          response_clock_kind NOT NULL,
    -- whether it is for major emergencies 重大突发事件 alone, or for all others alone
    major         boolean NOT NULL,
    hours         double precision NOT NULL CHECK (hours > 0),
    basis         text NOT NULL,
    at            timestamptz NOT NULL,
    actor         text NOT NULL
);
INSERT INTO response_hours (kind, major, hours, basis, at, actor) VALUES
    ('information', true, 5, '国办发〔2016〕61号：重大突发事件5小时内发布权威信息', now(), 'system:migration'),
    ('conference', true, 24, '国办发〔2016〕61号：重大突发事件24小时内举行新闻发布会', now(), 'system:migration'),
    ('response', false, 48, '政务舆情48小时内回应', now(), 'system:migration');

CREATE TABLE issue_responses (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    issue_id      bigint NOT NULL REFERENCES issues,
    stage         response_stage NOT NULL,
    -- what a person found in the assessment; NULL before
    level         risk_level,
    major         boolean NOT NULL,
    opinion       text NOT NULL DEFAULT '',
    owner_id      bigint NOT NULL REFERENCES accounts,
    -- the unit in whose name open cases of nobody are answered
    lead_department_id text REFERENCES departments,
    -- when it became known: the clocks run from here
    known_at      timestamptz NOT NULL,
    opened_at     timestamptz NOT NULL,
    opened_by     text NOT NULL,
    published_at  timestamptz,
    closed_at     timestamptz,
    -- closed without an answer, and why
    dismissed     text NOT NULL DEFAULT '',
    review        text NOT NULL DEFAULT '',
    version       integer NOT NULL DEFAULT 1,
    CHECK ((stage = 'closed') = (closed_at IS NOT NULL))
);
CREATE UNIQUE INDEX one_open_response ON issue_responses (issue_id) WHERE stage <> 'closed';
CREATE INDEX issue_responses_issue ON issue_responses (issue_id, id DESC);

CREATE TABLE response_clocks (
    response_id   bigint NOT NULL REFERENCES issue_responses,
    kind          response_clock_kind NOT NULL,
    started_at    timestamptz NOT NULL,
    due_at        timestamptz NOT NULL,
    met_at        timestamptz,
    -- the event was found not to be of the kind that this clock is for
    dropped_at    timestamptz,
    basis         text NOT NULL,
    PRIMARY KEY (response_id, kind),
    CHECK (due_at > started_at)
);
CREATE INDEX response_clocks_due ON response_clocks (due_at) WHERE met_at IS NULL AND dropped_at IS NULL;

CREATE TABLE response_tasks (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    response_id   bigint NOT NULL REFERENCES issue_responses,
    department_id text NOT NULL REFERENCES departments,
    what          text NOT NULL CHECK (what <> ''),
    due_at        timestamptz NOT NULL,
    state         response_task_state NOT NULL DEFAULT 'open',
    given_at      timestamptz NOT NULL,
    given_by      text NOT NULL,
    report        text NOT NULL DEFAULT '',
    reported_at   timestamptz,
    reported_by   text
);
CREATE INDEX response_tasks_response ON response_tasks (response_id);
CREATE INDEX response_tasks_department ON response_tasks (department_id, due_at) WHERE state = 'open';

-- The public answer; the newest one counts, earlier ones are its history.
CREATE TABLE response_answers (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    response_id   bigint NOT NULL REFERENCES issue_responses,
    title         text NOT NULL CHECK (title <> ''),
    body          text NOT NULL CHECK (body <> ''),
    state         response_answer_state NOT NULL DEFAULT 'draft',
    author        text NOT NULL,
    written_at    timestamptz NOT NULL,
    decided_by    text,
    decided_at    timestamptz,
    -- why it was returned; why personal data in it are published all the same
    note          text NOT NULL DEFAULT '',
    published_at  timestamptz
);
CREATE INDEX response_answers_response ON response_answers (response_id, id DESC);
CREATE INDEX response_answers_published ON response_answers (published_at DESC) WHERE state = 'published';

-- Which cases were answered when the response was closed. `stays`: how the case stood after, so that taking it back
-- leaves alone what somebody has changed since.
CREATE TABLE response_cases (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    response_id   bigint NOT NULL REFERENCES issue_responses,
    case_id       bigint NOT NULL REFERENCES cases,
    reply_id      bigint NOT NULL REFERENCES replies,
    -- the whole answer, or only where to find it: of one person's cases one has it
    whole         boolean NOT NULL,
    case_version  integer NOT NULL,
    answered_at   timestamptz NOT NULL,
    undone_at     timestamptz
);
CREATE UNIQUE INDEX answered_once ON response_cases (response_id, case_id) WHERE undone_at IS NULL;
CREATE INDEX response_cases_case ON response_cases (case_id);

CREATE TABLE response_events (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    response_id   bigint NOT NULL REFERENCES issue_responses,
    at            timestamptz NOT NULL,
    actor         text NOT NULL,
    action        response_action NOT NULL,
    from_stage    response_stage,
    to_stage      response_stage NOT NULL,
    payload       jsonb NOT NULL
);
CREATE INDEX response_events_response ON response_events (response_id, id);
CREATE TRIGGER response_events_append_only BEFORE UPDATE OR DELETE ON response_events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER response_events_no_truncate BEFORE TRUNCATE ON response_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was answered stays in the history; who wrote no longer counts on it.
CREATE TABLE reply_withdrawals (
    reply_id      bigint PRIMARY KEY REFERENCES replies,
    at            timestamptz NOT NULL,
    actor         text NOT NULL,
    reason        text NOT NULL CHECK (reason <> '')
);

GRANT SELECT, INSERT ON response_hours, response_events, reply_withdrawals TO wenzheng_app;
GRANT SELECT, INSERT, UPDATE ON issue_responses, response_clocks, response_tasks, response_answers, response_cases
    TO wenzheng_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO wenzheng_app;
