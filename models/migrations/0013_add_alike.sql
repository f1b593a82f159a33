-- Which texts are alike: copies through shared minima, like matters through shared telling words.
CREATE TYPE link_kind AS ENUM ('exact', 'near', 'same_person');

-- One row per text with anything to compare. `entry` is given out under a lock that is held until the commit
-- (routing/near_duplicate_repository.py): whoever sees an entry sees all smaller ones that will ever be.
CREATE TABLE near_signatures (
    entry         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    submission_id bigint NOT NULL UNIQUE REFERENCES submissions ON DELETE CASCADE,
    keys          bigint[] NOT NULL
);
-- The same the other way round: who has a key, the newest last. Of a key that very many have only the newest are read.
CREATE TABLE near_keys (
    key           bigint NOT NULL,
    entry         bigint NOT NULL,
    PRIMARY KEY (key, entry)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05);

CREATE TABLE submission_links (
    submission_id bigint NOT NULL REFERENCES submissions ON DELETE CASCADE,
    earlier_id    bigint NOT NULL REFERENCES submissions ON DELETE CASCADE,
    kind          link_kind NOT NULL,
    score         real NOT NULL CHECK (score BETWEEN 0 AND 1),
    certain       boolean NOT NULL,
    evidence      jsonb NOT NULL,
    found_at      timestamptz NOT NULL,
    PRIMARY KEY (submission_id, earlier_id, kind),
    CONSTRAINT linked_with_another CHECK (submission_id <> earlier_id)
);
CREATE INDEX submission_links_earlier ON submission_links (earlier_id, submission_id);

-- The most telling words of a text, a vector of length 1.
CREATE TABLE telling_words (
    submission_id bigint PRIMARY KEY REFERENCES submissions ON DELETE CASCADE,
    words         text[] NOT NULL,
    weights       real[] NOT NULL,
    CONSTRAINT each_word_has_its_weight CHECK (cardinality(words) = cardinality(weights))
);
-- The words of solved cases alone, for each the cases that it tells the most about; weights in thousandths.
CREATE TABLE solved_terms (
    term          integer NOT NULL,
    weight        smallint NOT NULL,
    submission_id bigint NOT NULL,
    PRIMARY KEY (term, weight, submission_id)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05);
CREATE INDEX solved_terms_submission ON solved_terms (submission_id);

-- The letters of one person, by time: what they wrote within some weeks.
CREATE INDEX submissions_person ON submissions (submitter_key, submitted_at) WHERE submitter_key IS NOT NULL;
DROP INDEX submissions_submitter;

GRANT SELECT, INSERT ON near_signatures, near_keys, submission_links, telling_words TO wenzheng_app;
GRANT SELECT, INSERT, DELETE ON solved_terms TO wenzheng_app;
