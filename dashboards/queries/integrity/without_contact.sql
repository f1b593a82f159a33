-- 未联系即办结 without_contact
-- numerator:   completions before which nobody reached the submitter, and fewer than `attempts` attempts are recorded, since
--              the case was opened, reopened or given to be done anew; attempts of one hour are one
-- denominator: none; a hit is a question to a person
-- exclusions:  submitters who left nothing to be known by; channels that nobody can be called back on; cases answered
--              together with an issue; what was completed with the case it was merged into, or with its parts
-- source:      case_events
SELECT e.case_id, lead_at(e.case_id, e.at) AS department_id, e.at, jsonb_build_object('attempts', tried.attempts) AS evidence
FROM case_events e
-- by its key: the completions of a month are few of all cases
CROSS JOIN LATERAL (SELECT k.channel, k.submission_id FROM cases k WHERE k.id = e.case_id OFFSET 0) c
CROSS JOIN LATERAL (SELECT k.submitter_key FROM submissions k WHERE k.id = c.submission_id OFFSET 0) s
CROSS JOIN LATERAL (
    SELECT count(DISTINCT b.hour) AS attempts, coalesce(bool_or(b.reached), false) AS reached
    FROM (SELECT o.action, date_trunc('hour', o.at) AS hour, (o.payload->>'reached')::boolean AS reached,
                 count(*) FILTER (WHERE o.action <> 'contact') OVER (ORDER BY o.seq DESC) AS begun_anew
          FROM case_events o
          WHERE o.case_id = e.case_id AND o.seq < e.seq AND o.action IN ('contact', 'reopen', 'rework')) b
    WHERE b.action = 'contact' AND b.begun_anew = 0
) tried
WHERE c.channel IN ('letter', 'hotline') AND s.submitter_key IS NOT NULL
  AND e.action = 'complete' AND NOT e.payload ?| ARRAY['head', 'parts'] AND e.at >= %(first)s AND e.at < %(last)s
  AND NOT tried.reached AND tried.attempts < %(attempts)s
  AND NOT EXISTS (SELECT FROM response_cases r WHERE r.case_id = e.case_id AND r.answered_at = e.at)
