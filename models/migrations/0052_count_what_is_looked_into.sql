-- An eighth rule of what should be looked into: a unit took its own published answer down. And what all rules point at in the
-- period that is looked at most, counted ahead: at a million cases the page would wait a second for it.
ALTER TYPE integrity_rule ADD VALUE 'taken_down';

-- Acts of this kind are few among the events of all cases.
CREATE INDEX case_events_taken_down ON case_events (at) WHERE action = 'unpublish';

-- The newest of a channel are walked: one that nobody uses yet was looked for in all rows.
CREATE INDEX submissions_channel ON submissions (channel, submitted_at DESC, id DESC);

-- One row, written again every ten minutes. It is right for these thresholds, as long as nobody looked into anything more.
CREATE TABLE integrity_counts (
    only_one    boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    counted_at  timestamptz NOT NULL,
    first_day   date NOT NULL,
    last_day    date NOT NULL CHECK (last_day >= first_day),
    thresholds  jsonb NOT NULL,
    last_review bigint NOT NULL,
    -- by rule: unit, hits, looked into
    counts      jsonb NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON integrity_counts TO wenzheng_app;
