-- What a text says beside its topic: how strongly, with what feeling, about what, where, when, about whom, how many matters.
CREATE TYPE emotion AS ENUM ('none', 'anger', 'sadness', 'fear', 'joy', 'surprise');
ALTER TABLE analyses
    ADD COLUMN sentiment_score double precision NOT NULL DEFAULT 0,
    ADD COLUMN emotion emotion NOT NULL DEFAULT 'none',
    ADD COLUMN emotion_confidence double precision NOT NULL DEFAULT 0,
    ADD COLUMN aspects jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN places jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN times jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN organisation_mentions jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN matters jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN summary jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN elements jsonb NOT NULL DEFAULT '[]';
