-- Daily facts (docs/decisions/0015): what each case adds is kept a second time, month by month and column by column, for
-- questions that no sum answers: a tenth of the room of fact_rows, and only the columns that are asked for are read.

-- taken: the whole days (24 hours) from submission to completion; of what is not completed the moment of submission, in
-- microseconds since 1970, below 0. flow: of a case that was given on the first unit and how (returned, redispatched),
-- joined by a space; '' of all others. Neither is in any sum.
ALTER TABLE fact_rows ADD COLUMN taken bigint NOT NULL DEFAULT 0, ADD COLUMN flow text NOT NULL DEFAULT '';

-- A month of rows as it was when it was packed; packed again it has another number. What changed since is in fact_changes.
CREATE TABLE fact_packs (
    pack          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind          "char" NOT NULL,
    month         date NOT NULL,
    UNIQUE (kind, month)
);

-- Rows that lie near each other by place, topic and channel; the arrays say which numbers of fact_codes are among them.
CREATE TABLE fact_chunks (
    chunk         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    pack          bigint NOT NULL REFERENCES fact_packs ON DELETE CASCADE,
    size          integer NOT NULL,
    department    integer[] NOT NULL,
    topic         integer[] NOT NULL,
    region        integer[] NOT NULL,
    channel       integer[] NOT NULL,
    appeal_type   integer[] NOT NULL,
    tone          integer[] NOT NULL
);
CREATE INDEX fact_chunks_pack ON fact_chunks (pack);

-- One column of the rows of a chunk: a dimension, day (of the month), taken, flow, or m1, m2 … (the numbers of `counts`);
-- a column of zeros alone is not there. data: dashboards/daily_facts/fact_columns.py.
CREATE TABLE fact_columns (
    chunk         bigint NOT NULL REFERENCES fact_chunks ON DELETE CASCADE,
    name          text NOT NULL,
    data          bytea NOT NULL,
    PRIMARY KEY (chunk, name)
);
-- it is as small as it gets, and taking it apart again costs more than reading it
ALTER TABLE fact_columns ALTER COLUMN data SET STORAGE EXTERNAL;

-- The numbers that stand for codes in columns, never given to another code.
CREATE TABLE fact_codes (
    dimension     text NOT NULL,
    code          text NOT NULL,
    number        integer NOT NULL,
    PRIMARY KEY (dimension, code)
);

-- What changed since a month was packed: rows that came (sign 1) and rows that went (sign -1).
CREATE TABLE fact_changes (
    pack          bigint NOT NULL REFERENCES fact_packs ON DELETE CASCADE,
    sign          smallint NOT NULL,
    day           date NOT NULL,
    department    text NOT NULL,
    topic         text NOT NULL,
    main_topic    text NOT NULL,
    region        text NOT NULL,
    county        text NOT NULL,
    channel       text NOT NULL,
    appeal_type   text NOT NULL,
    tone          text NOT NULL,
    taken         bigint NOT NULL,
    flow          text NOT NULL,
    counts        smallint[] NOT NULL
);
CREATE INDEX fact_changes_pack ON fact_changes (pack);

GRANT SELECT, INSERT, DELETE ON fact_packs, fact_chunks, fact_columns, fact_codes, fact_changes TO wenzheng_app;
