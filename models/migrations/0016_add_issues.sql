-- Hot issues 热点问题: what many submissions of all channels say about one thing, and what people decided about that.
CREATE TYPE issue_action AS ENUM (
    'merge', 'split', 'move', 'rename', 'pin', 'unpin', 'mute', 'unmute', 'accept', 'reject', 'undo');
CREATE TYPE proposal_kind AS ENUM ('merge', 'split');
CREATE TYPE proposal_state AS ENUM ('open', 'accepted', 'rejected', 'outdated');

-- One line for each change of who belongs to what: a batch of arrivals or a person's decision. Written under a lock that is
-- held until the commit (routing/issue_repository.py), so whoever sees a step sees all earlier ones that will ever be.
-- By `token` a process knows whether what it has in memory came to be, or was rolled back.
CREATE TABLE issue_steps (
    step          bigint PRIMARY KEY,
    token         uuid NOT NULL,
    -- submissions that arrived up to the end of this step
    arrivals      bigint NOT NULL,
    -- a person changed who belongs to what: what is in memory is read anew
    decided       boolean NOT NULL,
    actor         text NOT NULL,
    at            timestamptz NOT NULL
);

-- Append-only; the newest line counts.
CREATE TABLE issue_settings (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at            timestamptz NOT NULL,
    actor         text NOT NULL,
    -- after so many days a voice counts half
    half_life_days double precision NOT NULL CHECK (half_life_days > 0),
    persons_weight double precision NOT NULL CHECK (persons_weight >= 0),
    votes_weight  double precision NOT NULL CHECK (votes_weight >= 0),
    rate_weight   double precision NOT NULL CHECK (rate_weight >= 0),
    -- what is shown as an issue has at least so many
    least_submissions integer NOT NULL CHECK (least_submissions >= 2),
    least_persons integer NOT NULL CHECK (least_persons >= 1)
);
INSERT INTO issue_settings (at, actor, half_life_days, persons_weight, votes_weight, rate_weight, least_submissions,
    least_persons) VALUES (now(), 'system:migration', 30, 2, 1, 1, 2, 2);

-- A submission that nothing else is like has no row here, only one among the members.
CREATE TABLE issues (
    id            bigint PRIMARY KEY,
    name          text NOT NULL,
    -- NULL: the program found the name; a person's name stays
    named_by      text,
    place         text NOT NULL DEFAULT '',
    region_code   text REFERENCES regions,
    topic_code    text REFERENCES topics,
    first_at      timestamptz NOT NULL,
    last_at       timestamptz NOT NULL,
    submissions   integer NOT NULL CHECK (submissions >= 0),
    -- different people; who is not known is one of their own
    persons       integer NOT NULL CHECK (persons >= 0),
    -- likes, comments and reposts of its posts
    votes         bigint NOT NULL DEFAULT 0 CHECK (votes >= 0),
    -- the same voices as of `last_at`, each halved with every half-life since: what the heat is made of
    live_persons  double precision NOT NULL DEFAULT 0,
    live_votes    double precision NOT NULL DEFAULT 0,
    live_submissions double precision NOT NULL DEFAULT 0,
    pinned_by     text,
    pinned_at     timestamptz,
    muted_by      text,
    muted_at      timestamptz,
    -- NULL with `muted_by`: for good
    muted_until   timestamptz,
    -- who decided last about who belongs to it: the program adds to it, and neither splits nor merges it
    shaped_by     text,
    merged_into   bigint REFERENCES issues,
    -- it takes no more submissions: nothing came for very long
    retired_at    timestamptz,
    arrival       bigint NOT NULL,
    step          bigint NOT NULL,
    version       integer NOT NULL DEFAULT 1,
    CHECK ((pinned_by IS NULL) = (pinned_at IS NULL)),
    CHECK ((muted_by IS NULL) = (muted_at IS NULL)),
    CHECK (merged_into <> id)
);
CREATE INDEX issues_step ON issues (step);
CREATE INDEX issues_last ON issues (last_at DESC) WHERE merged_into IS NULL;
CREATE INDEX issues_alive ON issues (arrival) WHERE retired_at IS NULL AND merged_into IS NULL;
CREATE INDEX issues_merged ON issues (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE issue_members (
    submission_id bigint PRIMARY KEY REFERENCES submissions ON DELETE CASCADE,
    -- NULL: it stands alone
    issue_id      bigint REFERENCES issues,
    -- an issue that people have merged has parts, each known by words of its own: the number that it had as an issue
    part          bigint,
    -- the how-manieth submission it was to come to this step
    arrival       bigint NOT NULL UNIQUE,
    -- how alike it was to the others when it joined, 0..1, and why: shared words with their shares, places, days apart
    similarity    real NOT NULL CHECK (similarity BETWEEN 0 AND 1),
    evidence      jsonb NOT NULL,
    joined_at     timestamptz NOT NULL,
    -- NULL: the program; a person's word is never changed by it
    decided_by    text,
    -- what it is compared by, as nlp/issues/arrivals.py packs it
    packed        bytea NOT NULL,
    step          bigint NOT NULL,
    CHECK ((issue_id IS NULL) = (part IS NULL))
);
CREATE INDEX issue_members_issue ON issue_members (issue_id, arrival DESC) WHERE issue_id IS NOT NULL;
CREATE INDEX issue_members_step ON issue_members (step);

-- What a person said are two matters: the program never puts them together. The smaller number first.
CREATE TABLE issue_separations (
    issue_id      bigint NOT NULL REFERENCES issues,
    other_id      bigint NOT NULL REFERENCES issues,
    actor         text NOT NULL,
    at            timestamptz NOT NULL,
    PRIMARY KEY (issue_id, other_id),
    CHECK (issue_id < other_id)
);

-- What the program would do and a person decides: large issues, and those that a person has shaped.
CREATE TABLE issue_proposals (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind          proposal_kind NOT NULL,
    issue_id      bigint NOT NULL REFERENCES issues,
    -- of a merge: the one that would go into `issue_id`
    other_id      bigint REFERENCES issues,
    -- of a split: the submissions that would leave
    leaving       bigint[] NOT NULL DEFAULT '{}',
    evidence      jsonb NOT NULL,
    state         proposal_state NOT NULL DEFAULT 'open',
    proposed_at   timestamptz NOT NULL,
    decided_by    text,
    decided_at    timestamptz,
    CHECK ((kind = 'merge') = (other_id IS NOT NULL))
);
CREATE UNIQUE INDEX proposal_open_once ON issue_proposals (kind, issue_id, coalesce(other_id, 0)) WHERE state = 'open';
CREATE INDEX issue_proposals_issue ON issue_proposals (issue_id);

-- Append-only: what people did, and what the program merged and split. `payload` is enough to undo it.
CREATE TABLE issue_decisions (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at            timestamptz NOT NULL,
    actor         text NOT NULL,
    action        issue_action NOT NULL,
    issue_id      bigint NOT NULL REFERENCES issues,
    other_id      bigint REFERENCES issues,
    payload       jsonb NOT NULL,
    undoes        bigint REFERENCES issue_decisions,
    CONSTRAINT undone_once UNIQUE (undoes),
    CHECK ((action = 'undo') = (undoes IS NOT NULL))
);
CREATE INDEX issue_decisions_issue ON issue_decisions (issue_id, id DESC);
CREATE INDEX issue_decisions_other ON issue_decisions (other_id, id DESC) WHERE other_id IS NOT NULL;

-- What is left of a voice after so long; a thousand half-lives are as good as for ever, and no number is too small.
CREATE FUNCTION fading(age interval, half_life_days double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE AS $$
    SELECT power(0.5::double precision,
                 least(greatest(extract(epoch FROM age)::double precision / (86400 * half_life_days), 0), 1000))
$$;

-- The one definition of heat: persons first, then who only clicked, then how fast submissions come; each as of now, when
-- every voice has been halved with each half-life since it was raised. A rate is in submissions a half-life.
CREATE FUNCTION issue_heat(as_of timestamptz) RETURNS TABLE (
    issue_id bigint, persons_part double precision, votes_part double precision, rate_part double precision)
LANGUAGE sql STABLE AS $$
    SELECT i.id, s.persons_weight * ln(1 + faded.share * i.live_persons), s.votes_weight * ln(1 + faded.share * i.live_votes),
           s.rate_weight * ln(1 + faded.share * i.live_submissions)
    FROM issues i
    CROSS JOIN (SELECT * FROM issue_settings ORDER BY id DESC LIMIT 1) s
    CROSS JOIN LATERAL (SELECT fading(as_of - i.last_at, s.half_life_days) AS share) faded
$$;

GRANT SELECT, INSERT ON issue_steps, issue_settings, issue_decisions TO wenzheng_app;
GRANT SELECT, INSERT, UPDATE ON issues, issue_members, issue_proposals TO wenzheng_app;
GRANT SELECT, INSERT, DELETE ON issue_separations TO wenzheng_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO wenzheng_app;
