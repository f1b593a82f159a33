-- 评价存疑 doubtful_answer
-- numerator:   answers of submitters that were written down after a call by somebody who worked on the case before, or who
--              belongs to a unit that has or had it; and good ones (solved and not displeased) of which one person wrote
--              down, or submitters of one unit's cases gave alone, at least `cases` within `window_minutes`
-- denominator: none; a hit is a question to a person
-- exclusions:  of good ones in a row: cases answered together with an issue, whose writers are told at the same time
-- source:      case_events, which nobody can change; the unit of an account as of now: who was moved to be allowed to call
--              is found when he is back. From which device an answer came is kept nowhere
WITH answers AS (
    SELECT e.case_id, e.at, e.seq, lead_at(e.case_id, e.at) AS department_id,
           e.payload->>'entry' = 'phone' AS by_phone,
           CASE WHEN e.payload->>'entry' = 'phone' THEN split_part(e.actor, ':', 2) END AS person,
           e.payload->>'solved' = 'yes' AND e.payload->>'satisfaction' IN ('very', 'satisfied', 'basically')
               AND NOT EXISTS (SELECT FROM response_cases r WHERE r.case_id = e.case_id AND r.answered_at IS NOT NULL)
               AS good
    FROM case_events e
    WHERE e.action = 'callback' AND e.payload->>'outcome' = 'answered'
      AND e.at >= %(first)s::timestamptz - make_interval(mins => %(window_minutes)s)
      AND e.at < %(last)s::timestamptz + make_interval(mins => %(window_minutes)s)
),
ahead AS (
    SELECT *, CASE WHEN by_phone THEN person ELSE 'of ' || department_id END AS by,
           count(*) FILTER (WHERE good) OVER (
               PARTITION BY by_phone, CASE WHEN by_phone THEN person ELSE department_id END ORDER BY at
               RANGE BETWEEN CURRENT ROW AND make_interval(mins => %(window_minutes)s) FOLLOWING) AS good_ahead
    FROM answers
),
counted AS (
    SELECT *, max(good_ahead) FILTER (WHERE good) OVER (
               PARTITION BY by_phone, by ORDER BY at
               RANGE BETWEEN make_interval(mins => %(window_minutes)s) PRECEDING AND CURRENT ROW) AS together
    FROM ahead
),
judged AS (
    SELECT *, by_phone AND (
               EXISTS (SELECT FROM case_events b
                       WHERE b.case_id = a.case_id AND b.seq < a.seq AND b.actor LIKE 'account:%%'
                         AND split_part(b.actor, ':', 2) = a.person
                         AND b.action IN ('acknowledge', 'contact', 'opinion', 'submit_reply', 'reply', 'complete'))
               OR EXISTS (SELECT FROM accounts p JOIN assignments w ON w.department_id = p.department_id
                          WHERE p.id::text = a.person AND w.case_id = a.case_id)) AS own
    FROM counted a
)
SELECT case_id, department_id, at,
       jsonb_build_object('own', own, 'together', CASE WHEN good THEN together ELSE 0 END, 'by_phone', by_phone) AS evidence
FROM judged
WHERE (own OR good AND together >= %(cases)s) AND at >= %(first)s AND at < %(last)s
