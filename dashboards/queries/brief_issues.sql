-- 报告期内的热点问题 brief_issues
-- numerator:   issues by the different people who spoke of them on the days asked for (who is not known is one of their
--              own), with their submissions of these days
-- denominator: none
-- exclusions:  issues merged away or muted, those of fewer people than `least`, those with a confidential case (no file
--              names them), submissions not analysed yet
-- source:      issues, issue_members, voices, cases
SELECT i.id, i.name, coalesce(t.name, '') AS topic, coalesce(r.name, '') AS region,
       count(*) AS submissions, count(DISTINCT v.person) AS persons
FROM voices v
JOIN issue_members m ON m.submission_id = v.submission_id
JOIN issues i ON i.id = m.issue_id
LEFT JOIN topics t ON t.code = i.topic_code
LEFT JOIN regions r ON r.code = i.region_code
WHERE v.submitted_at >= %(first)s::date::timestamp AT TIME ZONE %(zone)s
  AND v.submitted_at < (%(last)s::date + 1)::timestamp AT TIME ZONE %(zone)s
  AND (%(issue)s::bigint IS NULL OR i.id = %(issue)s)
  AND i.merged_into IS NULL
  AND NOT (i.muted_by IS NOT NULL AND (i.muted_until IS NULL OR i.muted_until > %(as_of)s))
  AND NOT EXISTS (
      SELECT FROM issue_members o JOIN cases c ON c.submission_id = o.submission_id
      WHERE o.issue_id = i.id AND c.confidential)
GROUP BY i.id, t.name, r.name
HAVING count(DISTINCT v.person) >= %(least)s
ORDER BY persons DESC, submissions DESC, i.id
LIMIT %(most)s
