-- A city's own models of tone are kept as its topic classifiers are: one live and one shadow of each part of the analysis.
CREATE TYPE classifier_part AS ENUM ('topic', 'sentiment', 'emotion');
ALTER TABLE classifier_versions ADD COLUMN part classifier_part NOT NULL DEFAULT 'topic';
DROP INDEX classifier_one_live;
DROP INDEX classifier_one_shadow;
CREATE UNIQUE INDEX classifier_one_live ON classifier_versions (part) WHERE state = 'live';
CREATE UNIQUE INDEX classifier_one_shadow ON classifier_versions (part) WHERE state = 'shadow';
