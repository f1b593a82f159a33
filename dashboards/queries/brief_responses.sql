-- 正在处置的热点问题 brief_responses
-- numerator:   open responses to issues with their stage, and whether a clock of theirs is past
-- denominator: none
-- exclusions:  closed responses; issues with a confidential case (no file names them)
-- source:      issue_responses, response_clocks, issues
SELECT i.id, i.name, p.stage,
       EXISTS (SELECT FROM response_clocks c WHERE c.response_id = p.id AND c.met_at IS NULL AND c.dropped_at IS NULL
                 AND c.due_at < %(as_of)s) AS late
FROM issue_responses p
JOIN issues i ON i.id = p.issue_id
WHERE p.stage <> 'closed'
  AND (%(issue)s::bigint IS NULL OR i.id = %(issue)s)
  AND NOT EXISTS (
      SELECT FROM issue_members o JOIN cases c ON c.submission_id = o.submission_id
      WHERE o.issue_id = i.id AND c.confidential)
ORDER BY late DESC, p.known_at, i.id
LIMIT %(most)s
