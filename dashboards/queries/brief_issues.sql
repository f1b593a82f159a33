-- 报告期内的热点问题 brief_issues
-- numerator:   issues by the different people who spoke of them on the days asked for (who is not known is one of their
--              own), with their submissions of these days. `closed`: something protected is left out of the numbers, and
--              the issue is called by its place and topic: its name may be the title of such a letter
-- denominator: none
-- exclusions:  protected letters; issues merged away or muted, those of fewer people than `least`, those on a confidential
--              topic and those of which fewer letters are left than make an issue (open_part, as on the wall); submissions
--              not analysed yet
-- source:      issues, issue_members, voices, is_protected_letter, open_part
SELECT i.id, CASE WHEN p.closed THEN concat_ws(' ', r.name, coalesce(t.name, '类别不明')) ELSE i.name END AS name,
       coalesce(t.name, '') AS topic, coalesce(r.name, '') AS region, f.submissions, f.persons, p.closed
FROM (
    SELECT m.issue_id, count(*) AS submissions, count(DISTINCT v.person) AS persons
    FROM voices v JOIN issue_members m ON m.submission_id = v.submission_id
    WHERE v.submitted_at >= %(first)s::date::timestamp AT TIME ZONE %(zone)s
      AND v.submitted_at < (%(last)s::date + 1)::timestamp AT TIME ZONE %(zone)s
      AND m.issue_id IS NOT NULL AND (%(issue)s::bigint IS NULL OR m.issue_id = %(issue)s)
      AND NOT is_protected_letter(v.submission_id)
    GROUP BY m.issue_id
    HAVING count(DISTINCT v.person) >= %(least)s
) f
JOIN issues i ON i.id = f.issue_id
LEFT JOIN topics t ON t.code = i.topic_code
LEFT JOIN regions r ON r.code = i.region_code
CROSS JOIN LATERAL open_part(i.id) p
WHERE i.merged_into IS NULL
  AND NOT (i.muted_by IS NOT NULL AND (i.muted_until IS NULL OR i.muted_until > %(as_of)s))
  AND (p.told OR NOT p.closed)
ORDER BY f.persons DESC, f.submissions DESC, i.id
LIMIT %(most)s
