-- Daily facts of tens of millions of cases (docs/decisions/0011): the first level of a topic is a dimension of its own, sums
-- are kept by thirds of months and quarters too, and the indexes answer several filters at once. `projection` now holds
-- the dimensions in bits 0-7, the grain in 8-9 and cases or submissions in 10 (dashboards/fact_projections.py). The worker
-- builds the facts anew, since they are made otherwise.
TRUNCATE fact_rows, fact_cells;
DELETE FROM fact_mark;
ALTER TABLE fact_rows ADD COLUMN main_topic text NOT NULL DEFAULT '';

DROP INDEX fact_rows_department, fact_rows_topic, fact_rows_region;
CREATE INDEX fact_rows_department ON fact_rows (kind, department, topic, channel, appeal_type, day);
CREATE INDEX fact_rows_topic ON fact_rows (kind, topic, day);
CREATE INDEX fact_rows_region ON fact_rows (kind, region, day);

-- What a projection does not keep apart is '' in every one of its rows: a condition on it makes these reach to the period.
DROP INDEX fact_cells_department, fact_cells_topic, fact_cells_region;
CREATE INDEX fact_cells_department ON fact_cells (projection, department, topic, period) WHERE department <> '';
CREATE INDEX fact_cells_topic ON fact_cells (projection, topic, region, period) WHERE topic <> '';
CREATE INDEX fact_cells_region ON fact_cells (projection, region, period) WHERE region <> '';
