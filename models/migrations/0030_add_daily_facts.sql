-- Daily facts: what the dashboards read instead of cases (docs/decisions/0011). Made from the queries of the metrics, so
-- nothing here names a metric: `counts` holds the columns of the metric queries in the order that `fact_mark.definition`
-- stands for.

-- What has to be counted anew: written with the row that changed it, deleted by who counted. Never unique: two
-- transactions must not wait for each other. kind: c = case, s = submission.
CREATE TABLE stale_facts (
    kind          "char" NOT NULL,
    id            bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);

-- What each case, each submission adds to the cells now: read when it changes, and where no cell has the dimensions asked
-- for. 'none': not known. region: as the case says; county: the county or zone that it lies in, else the region itself.
CREATE TABLE fact_rows (
    kind          "char" NOT NULL,
    id            bigint NOT NULL,
    day           date NOT NULL,
    department    text NOT NULL,
    topic         text NOT NULL,
    region        text NOT NULL,
    county        text NOT NULL,
    channel       text NOT NULL,
    appeal_type   text NOT NULL,
    tone          text NOT NULL,
    counts        smallint[] NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX fact_rows_day ON fact_rows (kind, day);
CREATE INDEX fact_rows_department ON fact_rows (kind, department, day);
CREATE INDEX fact_rows_topic ON fact_rows (kind, topic, day);
CREATE INDEX fact_rows_region ON fact_rows (kind, region, day);

-- The sums. projection: kind, day or month, and which dimensions are kept apart (dashboards/fact_projections.py); the
-- others are ''. period: the day, or the first of the month.
CREATE TABLE fact_cells (
    projection    smallint NOT NULL,
    period        date NOT NULL,
    department    text NOT NULL DEFAULT '',
    topic         text NOT NULL DEFAULT '',
    region        text NOT NULL DEFAULT '',
    channel       text NOT NULL DEFAULT '',
    appeal_type   text NOT NULL DEFAULT '',
    tone          text NOT NULL DEFAULT '',
    counts        integer[] NOT NULL,
    PRIMARY KEY (projection, period, department, topic, region, channel, appeal_type, tone)
) WITH (fillfactor = 80);
CREATE INDEX fact_cells_department ON fact_cells (projection, department, period) WHERE department <> '';
CREATE INDEX fact_cells_topic ON fact_cells (projection, topic, period) WHERE topic <> '';
CREATE INDEX fact_cells_region ON fact_cells (projection, region, period) WHERE region <> '';

-- As of when the facts are, by which definition and in which zone days begin. next_case, next_submission: everything
-- below is counted; NULL: everything is.
CREATE TABLE fact_mark (
    only_one      boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    as_of         timestamptz NOT NULL,
    definition    text NOT NULL,
    zone          text NOT NULL,
    next_case     bigint,
    next_submission bigint
);

-- Time alone makes a case due: found by these.
-- by due_at: cases_due of 0025
CREATE INDEX unit_clocks_due ON unit_clocks (due_at);

-- A row that changed notes what it changes. Statements, not rows: a batch of 256 letters notes once.
CREATE FUNCTION note_stale_submissions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stale_facts SELECT 's', n.id FROM changed n;
    RETURN NULL;
END
$$;
CREATE FUNCTION note_stale_analyses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stale_facts SELECT 's', n.submission_id FROM changed n;
    RETURN NULL;
END
$$;
CREATE FUNCTION note_stale_cases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stale_facts SELECT 'c', n.id FROM changed n;
    RETURN NULL;
END
$$;
-- What belongs to a case, by its case_id.
CREATE FUNCTION note_stale_case_of_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stale_facts SELECT DISTINCT 'c'::"char", n.case_id FROM changed n;
    RETURN NULL;
END
$$;
CREATE TRIGGER submissions_make_facts_stale AFTER INSERT ON submissions
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_stale_submissions();
CREATE TRIGGER submission_states_make_facts_stale AFTER UPDATE ON submissions
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_stale_submissions();
CREATE TRIGGER analyses_make_facts_stale AFTER INSERT ON analyses
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_stale_analyses();
CREATE TRIGGER new_cases_make_facts_stale AFTER INSERT ON cases
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_stale_cases();
CREATE TRIGGER opened_submissions_make_facts_stale AFTER INSERT ON cases
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_stale_analyses();
CREATE TRIGGER cases_make_facts_stale AFTER UPDATE ON cases
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_stale_cases();
-- Whatever else a metric may read of a case: its events, and the records beside its status that there are by now.
DO $migration$
DECLARE
    beside text;
    act text;
BEGIN
    FOR beside IN SELECT t.name FROM unnest(array['case_events', 'unit_clocks', 'case_returns', 'case_callbacks',
                                                  'case_suspensions', 'first_dispatches']) AS t(name)
                  WHERE to_regclass(t.name) IS NOT NULL LOOP
        FOREACH act IN ARRAY array['INSERT', 'UPDATE'] LOOP
            EXECUTE format(
                'CREATE TRIGGER %I AFTER %s ON %I REFERENCING NEW TABLE AS changed FOR EACH STATEMENT'
                ' EXECUTE FUNCTION note_stale_case_of_row()', beside || '_' || lower(act) || '_makes_facts_stale', act, beside);
        END LOOP;
    END LOOP;
END
$migration$;

GRANT SELECT, INSERT, DELETE ON stale_facts TO wenzheng_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON fact_rows, fact_cells, fact_mark TO wenzheng_app;
GRANT TRUNCATE ON fact_rows, fact_cells TO wenzheng_app;
