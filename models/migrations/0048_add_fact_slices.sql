-- Daily facts (docs/decisions/0011): three numbers of what pages of one topic, place, unit or channel read most, all periods of
-- a code side by side. Only the index is read: the numbers stand in it. `slice`: which dimensions and periods
-- (dashboards/fact_slices.py); `code`: of the topic, place, unit or channel, two joined by a space; part1, part2: what it
-- is divided by; n1 to n3: dashboards/fact_measures.py. The worker builds the facts anew, since they have more sums.
CREATE TABLE fact_slices (
    slice         smallint NOT NULL,
    code          text NOT NULL,
    period        date NOT NULL,
    part1         text NOT NULL DEFAULT '',
    part2         text NOT NULL DEFAULT '',
    n1            integer NOT NULL,
    n2            integer NOT NULL,
    n3            integer NOT NULL,
    PRIMARY KEY (slice, code, period, part1, part2) INCLUDE (n1, n2, n3)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON fact_slices TO wenzheng_app;
