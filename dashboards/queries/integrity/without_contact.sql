-- 未联系即办结 without_contact
-- numerator:   completions before which nobody reached the submitter, and fewer than `attempts` attempts are recorded, since
--              the case was opened, reopened or given to be done anew; attempts of one hour are one
-- denominator: none; a hit is a question to a person
-- exclusions:  submitters who left nothing to be known by; channels that nobody can be called back on; cases answered
--              together with an issue; what was completed with the case it was merged into, or with its parts
-- source:      case_events
SELECT e.case_id, lead_at(e.case_id, e.at) AS department_id, e.at, jsonb_build_object('attempts', tried.attempts) AS evidence
FROM case_events e
JOIN cases c ON c.id = e.case_id AND c.channel IN ('letter', 'hotline')
JOIN submissions s ON s.id = c.submission_id AND s.submitter_key IS NOT NULL
CROSS JOIN LATERAL (
    SELECT count(DISTINCT date_trunc('hour', b.at)) AS attempts, coalesce(bool_or((b.payload->>'reached')::boolean), false) AS reached
    FROM case_events b
    WHERE b.case_id = e.case_id AND b.action = 'contact' AND b.seq < e.seq
      AND b.seq > coalesce((SELECT max(o.seq) FROM case_events o
                            WHERE o.case_id = e.case_id AND o.action IN ('reopen', 'rework') AND o.seq < e.seq), 0)
) tried
WHERE e.action = 'complete' AND NOT e.payload ?| ARRAY['head', 'parts'] AND e.at >= %(first)s AND e.at < %(last)s
  AND NOT tried.reached AND tried.attempts < %(attempts)s
  AND NOT EXISTS (SELECT FROM response_cases r WHERE r.case_id = e.case_id AND r.answered_at = e.at)
