-- 答复公开: what anybody may read of an answered case. The text that is shown lies here, made when it is published; whether it
-- is shown is asked at every reading, so that what becomes protected later is gone at once.
ALTER TYPE case_action ADD VALUE 'publish';
ALTER TYPE case_action ADD VALUE 'unpublish';
ALTER TYPE case_action ADD VALUE 'withdraw_consent';

-- Who wrote agrees that the letter is read by all once it is answered, without name and contact. Nobody is asked elsewhere: only
-- a letter that was written here can have it.
ALTER TABLE submissions ADD COLUMN publish_consent boolean NOT NULL DEFAULT false;

-- Taken back by who wrote, for good.
CREATE TABLE consent_withdrawals (
    submission_id bigint PRIMARY KEY REFERENCES submissions,
    at            timestamptz NOT NULL,
    actor         text NOT NULL
);
CREATE TRIGGER consent_withdrawals_append_only BEFORE UPDATE OR DELETE ON consent_withdrawals
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER consent_withdrawals_no_truncate BEFORE TRUNCATE ON consent_withdrawals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- One row a case; its history is the chain of the case. `id` is the number in addresses: no receipt number, no case.
CREATE TABLE published_answers (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id       bigint NOT NULL UNIQUE REFERENCES cases,
    reply_id      bigint NOT NULL REFERENCES replies,
    -- the completion that it belongs to: after a reopening it is not shown until the case is answered again
    completed_at  timestamptz NOT NULL,
    published_at  timestamptz NOT NULL,
    published_by  text NOT NULL,
    department_id text REFERENCES departments,
    -- of the first level; the county, NULL for the whole city
    topic_code    text REFERENCES topics,
    region_code   text REFERENCES regions,
    -- masked; empty where who wrote did not consent, or no longer does
    title         text NOT NULL,
    letter        text NOT NULL,
    reply         text NOT NULL CHECK (reply <> ''),
    -- what it is found by (nlp/search_words.py); '#…' are no words but month, unit, topic and county
    words         tsvector NOT NULL,
    withdrawn_at  timestamptz,
    withdrawn_by  text,
    -- the unit that took it down; NULL: the centre
    withdrawn_unit text REFERENCES departments,
    withdrawal_reason text NOT NULL DEFAULT '',
    CHECK ((withdrawn_at IS NULL) = (withdrawal_reason = '')),
    CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)),
    CHECK (letter <> '' OR title = '')
);
CREATE INDEX published_answers_newest ON published_answers (published_at DESC, id DESC) WHERE withdrawn_at IS NULL;
CREATE INDEX published_answers_unit ON published_answers (department_id, published_at DESC, id DESC) WHERE withdrawn_at IS NULL;
CREATE INDEX published_answers_topic ON published_answers (topic_code, published_at DESC, id DESC) WHERE withdrawn_at IS NULL;
CREATE INDEX published_answers_region ON published_answers (region_code, published_at DESC, id DESC) WHERE withdrawn_at IS NULL;
CREATE INDEX published_answers_words ON published_answers USING gin (words) WITH (gin_pending_list_limit = 1024);

CREATE FUNCTION has_consent(letter bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM submissions s WHERE s.id = letter AND s.publish_consent)
       AND NOT EXISTS (SELECT FROM consent_withdrawals w WHERE w.submission_id = letter)
$$;

-- What anybody may read now, and nothing else: of a case that stands completed, with the answer of that completion. Not what
-- protects who wrote (of what is merged into it neither), whatever was known when it was published; not what was left out of
-- the numbers as no matter of a unit. `by_letter`: whether its words may still be those of the letter.
CREATE VIEW shown_answers AS
SELECT p.id AS number, p.case_id, p.reply_id, p.published_at, p.department_id, p.topic_code AS first_topic,
       c.topic_code, p.region_code, o.by_letter,
       CASE WHEN o.by_letter THEN p.title ELSE '' END AS title,
       CASE WHEN o.by_letter THEN p.letter ELSE '' END AS letter,
       p.reply, s.submitted_at, r.created_at AS replied_at, c.completed_at, c.completion_result AS result,
       (SELECT b.satisfaction FROM case_callbacks b WHERE b.case_id = c.id AND b.current AND b.state = 'done') AS satisfaction
FROM published_answers p
JOIN cases c ON c.id = p.case_id
JOIN submissions s ON s.id = c.submission_id
JOIN replies r ON r.id = p.reply_id
LEFT JOIN topics t ON t.code = c.topic_code
LEFT JOIN topics u ON u.code = t.parent_code
CROSS JOIN LATERAL (SELECT p.letter = '' OR has_consent(s.id) AS by_letter OFFSET 0) o
WHERE p.withdrawn_at IS NULL
  AND c.status IN ('completed', 'closed') AND c.completed_at = p.completed_at AND c.merged_into IS NULL AND c.parts = 0
  AND r.public AND NOT EXISTS (SELECT FROM reply_withdrawals w WHERE w.reply_id = r.id)
  AND NOT coalesce(t.confidential, false) AND NOT coalesce(u.confidential, false)
  AND NOT is_protected_letter(s.id)
  AND NOT EXISTS (
      SELECT FROM cases m LEFT JOIN topics mt ON mt.code = m.topic_code
      WHERE m.merged_into = c.id AND (coalesce(mt.confidential, false) OR is_protected_letter(m.submission_id)))
  AND NOT EXISTS (SELECT FROM case_exclusions x WHERE x.case_id = c.id AND x.state = 'accepted');

GRANT SELECT, INSERT ON consent_withdrawals TO wenzheng_app;
GRANT SELECT, INSERT, UPDATE ON published_answers TO wenzheng_app;
GRANT SELECT ON shown_answers TO wenzheng_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO wenzheng_app;
