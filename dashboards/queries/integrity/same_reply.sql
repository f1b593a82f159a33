-- 多件答复相同 same_reply
-- numerator:   replies with which one unit answered at least `cases` cases within `days` in the same words, whatever the
--              greeting, digits, blanks and punctuation
-- denominator: none; a hit is a question to a person
-- exclusions:  answers of fewer than `characters` characters; replies that were taken back; cases answered together with
--              an issue, which is one answer to many by design; what is passed on with the case that answers it
-- source:      replies, which nobody can change
WITH words AS (
    SELECT r.case_id, r.department_id, r.created_at AS at, plain.text, length(plain.text) AS characters
    FROM replies r
    CROSS JOIN LATERAL (
        SELECT regexp_replace(regexp_replace(r.body, '^[^。！？!?\n]{0,20}您好', ''),
                              '[\s0-9０-９，。、；：！？…“”‘’（）《》〈〉【】·,.;:!?()"''—-]', '', 'g') AS text
    ) plain
    WHERE r.created_at >= %(first)s::timestamptz - make_interval(days => %(days)s)
      AND r.created_at < %(last)s::timestamptz + make_interval(days => %(days)s)
      AND NOT EXISTS (SELECT FROM reply_withdrawals w WHERE w.reply_id = r.id)
      AND NOT EXISTS (SELECT FROM response_cases a WHERE a.reply_id = r.id)
      AND NOT EXISTS (SELECT FROM case_events e WHERE e.case_id = r.case_id AND e.at = r.created_at
                        AND e.action = 'reply' AND e.payload ? 'head')
),
-- one reply a case, the latest
texts AS (
    SELECT DISTINCT ON (case_id, digest) case_id, department_id, at, md5(text) AS digest
    FROM (SELECT *, md5(text) AS digest FROM words WHERE characters >= %(characters)s) w
    ORDER BY case_id, digest, at DESC
),
ahead AS (
    SELECT *, count(*) OVER (PARTITION BY department_id, digest ORDER BY at
                             RANGE BETWEEN CURRENT ROW AND make_interval(days => %(days)s) FOLLOWING) AS ahead
    FROM texts
),
counted AS (
    SELECT *, max(ahead) OVER (PARTITION BY department_id, digest ORDER BY at
                               RANGE BETWEEN make_interval(days => %(days)s) PRECEDING AND CURRENT ROW) AS together
    FROM ahead
)
SELECT case_id, department_id, at, jsonb_build_object('together', together) AS evidence
FROM counted WHERE together >= %(cases)s AND at >= %(first)s AND at < %(last)s
