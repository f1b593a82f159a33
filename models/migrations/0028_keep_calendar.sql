-- The working calendar as something people keep: days of one region beside those of the whole city, each change with its
-- reason, open clocks counted anew after it; and who is told, and when, about a case that nobody finishes.
ALTER TYPE case_action ADD VALUE 'recalculate';
ALTER TYPE case_action ADD VALUE 'escalate';

-- A local holiday (全国年节及纪念日放假办法 4) is a day off in its region alone; NULL: everywhere.
ALTER TABLE calendar_days ADD COLUMN region_code text REFERENCES regions;
ALTER TABLE calendar_days DROP CONSTRAINT calendar_days_pkey;
CREATE UNIQUE INDEX one_calendar_day ON calendar_days (day, (coalesce(region_code, '')));

CREATE TABLE calendar_changes (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    changed_at    timestamptz NOT NULL,
    changed_by    text NOT NULL,
    reason        text NOT NULL CHECK (reason <> ''),
    -- each day as it was and as it is: [{"day", "region_code", "before": {"kind", "name"} | null, "after": … | null}]
    days          jsonb NOT NULL,
    -- when the open clocks were counted anew; until then the change waits for the worker
    recalculated_at timestamptz,
    moved         integer NOT NULL DEFAULT 0,
    -- cases whose time was not what the rules in force give (set by hand, or by rules changed since): left as they are
    kept          integer NOT NULL DEFAULT 0
);
CREATE INDEX calendar_changes_waiting ON calendar_changes (id) WHERE recalculated_at IS NULL;

CREATE TABLE escalation_rules (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text NOT NULL CHECK (name <> ''),
    -- working days from the due day: -1 the working day before, 0 once it has passed, 3 three working days later
    days          integer NOT NULL CHECK (days BETWEEN -30 AND 180),
    -- who is told
    role          role NOT NULL CHECK (role IN ('officer', 'dispatcher', 'supervisor', 'leader')),
    active        boolean NOT NULL DEFAULT true,
    created_at    timestamptz NOT NULL,
    created_by    text NOT NULL
);

-- Once for each rule and due time: an extension begins anew.
CREATE TABLE case_escalations (
    case_id       bigint NOT NULL REFERENCES cases,
    rule_id       bigint NOT NULL REFERENCES escalation_rules,
    due_at        timestamptz NOT NULL,
    escalated_at  timestamptz NOT NULL,
    role          role NOT NULL,
    PRIMARY KEY (case_id, rule_id, due_at)
);
CREATE INDEX case_escalations_recent ON case_escalations (role, escalated_at DESC);

INSERT INTO escalation_rules (name, days, role, created_at, created_by) VALUES
    ('到期前1个工作日提醒承办单位', -1, 'officer', now(), 'system'),
    ('超期当日提醒督办员', 0, 'supervisor', now(), 'system'),
    ('超期5个工作日报告领导', 5, 'leader', now(), 'system');

GRANT SELECT, INSERT, UPDATE ON calendar_changes, escalation_rules, case_escalations TO wenzheng_app;
GRANT DELETE ON calendar_days TO wenzheng_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO wenzheng_app;
