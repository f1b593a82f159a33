-- Daily facts (docs/decisions/0015): scores of a period are of the cases that fall due in it, and completion times of a
-- whole city are of every case; neither may count cases one by one.

-- due_day: the local day on which the case is due, in days since 1970; 0 where no clock runs.
ALTER TABLE fact_rows ADD COLUMN due_day integer NOT NULL DEFAULT 0;
ALTER TABLE fact_changes ADD COLUMN due_day integer NOT NULL DEFAULT 0;

-- due_months: the months (twelve a year, from year 0) in which cases of the chunk are due. digest: '' for rows; else the chunk is a month's
-- cases added up by a few columns (dashboards/daily_facts/fact_digests.py), and has those columns alone.
ALTER TABLE fact_chunks
    ADD COLUMN due_months integer[] NOT NULL DEFAULT '{}',
    ADD COLUMN digest text NOT NULL DEFAULT '';
