-- Like cases are found by reading whole lists of a word's solved cases: packed, a list of a thousand is one row.
-- `solved_terms` keeps what has been solved lately, until it is packed (routing/solved_case_packing.py).
CREATE TABLE solved_blocks (
    term          integer NOT NULL,
    -- 0: those cases that the word tells the most about, and so on
    block         smallint NOT NULL,
    -- as nlp/alike/postings.py writes them
    postings      bytea NOT NULL,
    PRIMARY KEY (term, block)
);
-- A block fits a page: it is read with one access, never compressed and never stored elsewhere.
ALTER TABLE solved_blocks ALTER COLUMN postings SET STORAGE PLAIN;

GRANT SELECT, INSERT, DELETE ON solved_blocks TO wenzheng_app;
-- Only to lock rows that are being packed.
GRANT UPDATE (weight) ON solved_terms TO wenzheng_app;
