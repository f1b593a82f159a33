-- Reference rows of a city: everything an administrator may edit and nothing a citizen writes.

CREATE TYPE appeal_type AS ENUM ('consult', 'help', 'complain', 'report', 'suggest', 'praise', 'other');
CREATE TYPE channel AS ENUM ('letter', 'hotline', 'survey', 'social');

CREATE TABLE city (
    only_one      boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    name          text NOT NULL,
    region_code   text,
    deadline_profile text NOT NULL,
    is_sample     boolean NOT NULL DEFAULT false
);

CREATE TABLE regions (
    code          text PRIMARY KEY,
    level         text NOT NULL CHECK (level IN ('province', 'prefecture', 'county', 'functional', 'town')),
    name          text NOT NULL,
    parent_code   text REFERENCES regions,
    aliases       text[] NOT NULL DEFAULT '{}'
);
CREATE INDEX regions_parent ON regions (parent_code);

CREATE TABLE places (
    name          text NOT NULL,
    kind          text NOT NULL,
    region_code   text NOT NULL REFERENCES regions,
    PRIMARY KEY (name, region_code)
);

CREATE TABLE departments (
    id            text PRIMARY KEY,
    duty          text NOT NULL,
    name          text NOT NULL UNIQUE,
    short_name    text NOT NULL,
    kind          text NOT NULL,
    region_code   text REFERENCES regions,
    aliases       text[] NOT NULL DEFAULT '{}',
    active        boolean NOT NULL DEFAULT true
);
CREATE INDEX departments_duty ON departments (duty);

CREATE TABLE topics (
    code          text PRIMARY KEY,
    name          text NOT NULL,
    parent_code   text REFERENCES topics,
    lead_duty     text,
    co_duties     text[] NOT NULL DEFAULT '{}',
    cues          text[] NOT NULL DEFAULT '{}',
    urgent        boolean NOT NULL DEFAULT false,
    confidential  boolean NOT NULL DEFAULT false,
    -- "topic T03 and everything under it" is a prefix test everywhere
    CHECK (parent_code IS NULL OR starts_with(code, parent_code))
);

-- 派单目录: NULL matches anything
CREATE TABLE dispatch_rules (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    priority      integer NOT NULL DEFAULT 100,
    topic_code    text REFERENCES topics,
    appeal_type   appeal_type,
    region_code   text REFERENCES regions,
    channel       channel,
    lead_duty     text NOT NULL,
    co_duties     text[] NOT NULL DEFAULT '{}',
    min_confidence double precision NOT NULL CHECK (min_confidence BETWEEN 0 AND 1),
    note          text NOT NULL DEFAULT '',
    active        boolean NOT NULL DEFAULT true
);

-- Days that differ from Monday-Friday. `statutory_provisional`: law fixes the day off, the yearly notice is not out.
CREATE TABLE calendar_days (
    day           date PRIMARY KEY,
    kind          text NOT NULL CHECK (kind IN ('holiday', 'workday', 'statutory_provisional')),
    name          text NOT NULL,
    confidence    text NOT NULL DEFAULT 'high',
    source        text NOT NULL DEFAULT ''
);

-- One clock of one profile: n units counted from dispatch.
CREATE TABLE deadline_rules (
    profile       text NOT NULL,
    appeal_type   appeal_type NOT NULL,
    n             integer NOT NULL CHECK (n > 0),
    unit          text NOT NULL CHECK (unit IN ('wd', 'd', 'd_roll', 'h')),
    source        text NOT NULL DEFAULT '',
    PRIMARY KEY (profile, appeal_type)
);

-- Everything below `root` in the region tree, root included; empty for an unknown code.
CREATE FUNCTION region_subtree(root text) RETURNS TABLE (code text)
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE below AS (
        SELECT r.code FROM regions r WHERE r.code = root
        UNION
        SELECT r.code FROM regions r JOIN below b ON r.parent_code = b.code
    )
    SELECT below.code FROM below
$$;
