-- The reply 答复 before it is sent: a draft that is saved while it is written, its review 审核签发, templates, and what is kept of
-- each sent reply to count those that say the same.
ALTER TYPE case_action ADD VALUE 'submit_reply';
ALTER TYPE case_action ADD VALUE 'approve_reply';
ALTER TYPE case_action ADD VALUE 'send_back_reply';

CREATE TYPE draft_state AS ENUM ('draft', 'in_review', 'sent', 'refused', 'dropped');
CREATE TYPE review_need AS ENUM ('none', 'public', 'all');

CREATE TABLE reply_drafts (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id       bigint NOT NULL REFERENCES cases,
    department_id text REFERENCES departments,
    author        text NOT NULL,
    -- everybody who wrote in it: none of them may approve it
    writers       text[] NOT NULL,
    body          text NOT NULL,
    public        boolean NOT NULL DEFAULT false,
    -- the case is completed with it when it is sent
    result        completion_result,
    state         draft_state NOT NULL DEFAULT 'draft',
    version       integer NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL,
    saved_at      timestamptz NOT NULL,
    saved_by      text NOT NULL,
    submitted_at  timestamptz,
    submitted_by  text,
    -- what the check found when it was submitted, and why it was submitted all the same
    findings      jsonb NOT NULL DEFAULT '[]',
    reason        text NOT NULL DEFAULT '',
    -- why personal data in it are to be published
    disclosure    text NOT NULL DEFAULT '',
    reviewer      text,
    reviewed_at   timestamptz,
    review_note   text NOT NULL DEFAULT '',
    CONSTRAINT reviewed_by_another CHECK (state <> 'sent' OR reviewer IS NULL OR NOT reviewer = ANY (writers))
);
CREATE UNIQUE INDEX one_open_draft ON reply_drafts (case_id) WHERE state IN ('draft', 'in_review', 'refused');
CREATE INDEX reply_drafts_case ON reply_drafts (case_id, id);
CREATE INDEX reply_drafts_in_review ON reply_drafts (submitted_at) WHERE state = 'in_review';

-- What a draft said before somebody else, a template or a review put another text in its place.
CREATE TABLE reply_draft_texts (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    draft_id      bigint NOT NULL REFERENCES reply_drafts,
    body          text NOT NULL,
    written_by    text NOT NULL,
    written_at    timestamptz NOT NULL
);
CREATE INDEX reply_draft_texts_draft ON reply_draft_texts (draft_id, id);

-- Which replies somebody else must approve; a unit without a row follows the city's (department_id NULL), a city without one
-- needs none.
CREATE TABLE review_rules (
    department_id text UNIQUE NULLS NOT DISTINCT REFERENCES departments,
    need          review_need NOT NULL,
    changed_at    timestamptz NOT NULL,
    changed_by    text NOT NULL
);

CREATE TABLE reply_templates (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- NULL: for the whole city
    department_id text REFERENCES departments,
    -- NULL: whatever the case is about
    topic_code    text REFERENCES topics,
    -- an answer on the way, or the one that the case is completed with
    action        case_action NOT NULL CHECK (action IN ('reply', 'complete')),
    title         text NOT NULL CHECK (title <> ''),
    body          text NOT NULL CHECK (body <> ''),
    active        boolean NOT NULL DEFAULT true,
    version       integer NOT NULL DEFAULT 1,
    changed_at    timestamptz NOT NULL,
    changed_by    text NOT NULL
);
CREATE INDEX reply_templates_owner ON reply_templates (department_id, topic_code);

-- Of each sent reply what finds others that say nearly the same (nlp/replies/signature.py).
CREATE TABLE reply_signatures (
    reply_id      bigint PRIMARY KEY REFERENCES replies ON DELETE CASCADE,
    case_id       bigint NOT NULL REFERENCES cases,
    department_id text REFERENCES departments,
    sent_at       timestamptz NOT NULL,
    keys          bigint[] NOT NULL
);
CREATE INDEX reply_signatures_keys ON reply_signatures USING gin (keys);
CREATE INDEX reply_signatures_sent ON reply_signatures (sent_at);

GRANT SELECT, INSERT, UPDATE ON reply_drafts, review_rules, reply_templates TO wenzheng_app;
GRANT DELETE ON review_rules TO wenzheng_app;
GRANT SELECT, INSERT ON reply_draft_texts, reply_signatures TO wenzheng_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO wenzheng_app;
