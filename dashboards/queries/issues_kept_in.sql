-- 不上大屏的热点问题 issues_kept_in
-- numerator:   of the issues asked for, those with a submission that is confidential, that is a report or was called one
--              by who wrote it, or whose case is confidential or a report; and those about a confidential topic
-- denominator: none
-- exclusions:  none
-- source:      issues, issue_members, submissions, cases, topics
SELECT i.id
FROM issues i
LEFT JOIN topics t ON t.code = i.topic_code
WHERE i.id = ANY(%(issues)s)
  AND (t.confidential OR EXISTS (
      SELECT FROM issue_members m
      JOIN submissions s ON s.id = m.submission_id
      LEFT JOIN cases c ON c.submission_id = s.id
      WHERE m.issue_id = i.id
        AND (s.confidential OR s.declared_appeal_type = 'report' OR c.confidential OR c.appeal_type = 'report')))
ORDER BY i.id
