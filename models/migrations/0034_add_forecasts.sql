-- What the next days will bring (dashboards/forecasting.py, dashboards/risk.py): made at night, read by pages. Nothing is
-- decided by it; what was forecast for a day is kept, so that it can be held against what came.
CREATE TABLE forecasts (
    kind          text NOT NULL CHECK (kind IN ('volume', 'risk')),
    -- the first day that it is about
    day           date NOT NULL,
    made_at       timestamptz NOT NULL,
    content       jsonb NOT NULL,
    PRIMARY KEY (kind, day)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON forecasts TO wenzheng_app;
