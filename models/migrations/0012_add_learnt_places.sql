-- Names of roads, estates, villages … that the city's own letters taught: where several people wrote of one, nearly all in one region.
CREATE TABLE learnt_places (
    name          text PRIMARY KEY,
    kind          text NOT NULL,
    region_code   text NOT NULL REFERENCES regions,
    -- different people who wrote of it with a region that is certain, and the share of them in this region
    submitters    integer NOT NULL CHECK (submitters > 0),
    share         double precision NOT NULL CHECK (share > 0 AND share <= 1),
    first_seen    timestamptz NOT NULL,
    last_seen     timestamptz NOT NULL,
    -- who withdraws a place wants it never learnt again
    withdrawn_at  timestamptz,
    withdrawn_by  text,
    CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL))
);
GRANT SELECT, INSERT, UPDATE, DELETE ON learnt_places TO wenzheng_app;
