-- Words of cases by day (docs/decisions/0016): what the contrast of words between two periods reads instead of letters.

-- The numbers that stand for words, never given to another word.
CREATE TABLE word_codes (
    number        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    word          text NOT NULL UNIQUE
);

-- Days of submission whose words are laid out, and as of when.
CREATE TABLE word_days (
    day           date PRIMARY KEY,
    made_at       timestamptz NOT NULL
);

-- Days of which a case or its analysis changed since: noted by who counts the facts, deleted by who lays the day out anew.
CREATE TABLE stale_word_days (
    day           date PRIMARY KEY
);

-- The cases of a day, of a large one those of each county and first-level topic ('': of all): columns of as many numbers (dashboards/daily_facts/fact_columns.py).
-- person: 64 bits of the key of the writer; topic to tone: numbers of fact_codes; length: how many words the case has, which
-- follow each other in `words` (numbers of word_codes).
CREATE TABLE word_blocks (
    day           date NOT NULL REFERENCES word_days ON DELETE CASCADE,
    county        text NOT NULL,
    main_topic    text NOT NULL,
    size          integer NOT NULL,
    person        bytea NOT NULL,
    topic         bytea NOT NULL,
    region        bytea NOT NULL,
    department    bytea NOT NULL,
    channel       bytea NOT NULL,
    appeal_type   bytea NOT NULL,
    tone          bytea NOT NULL,
    length        bytea NOT NULL,
    words         bytea NOT NULL,
    PRIMARY KEY (day, main_topic, county)
) WITH (toast_tuple_target = 8160);
-- beside the row where it fits: a page of contrasts reads some hundred of them
ALTER TABLE word_blocks
    ALTER COLUMN person SET STORAGE MAIN, ALTER COLUMN topic SET STORAGE MAIN, ALTER COLUMN region SET STORAGE MAIN,
    ALTER COLUMN department SET STORAGE MAIN, ALTER COLUMN channel SET STORAGE MAIN, ALTER COLUMN appeal_type SET STORAGE MAIN,
    ALTER COLUMN tone SET STORAGE MAIN, ALTER COLUMN length SET STORAGE MAIN, ALTER COLUMN words SET STORAGE MAIN;

GRANT SELECT, INSERT ON word_codes TO wenzheng_app;
GRANT SELECT, INSERT, DELETE ON word_days, stale_word_days, word_blocks TO wenzheng_app;
