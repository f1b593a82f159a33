-- 热点问题在某几天的来件 brief_voices
-- numerator:   submissions, different people and negative submissions of one issue on local days `first` to `last`, by one
--              channel or by all
-- denominator: the submissions
-- exclusions:  protected letters (no file tells of them); submissions not analysed yet
-- source:      issue_members, voices, is_protected_letter
SELECT count(*) AS submissions, count(DISTINCT v.person) AS persons,
       count(*) FILTER (WHERE v.sentiment = 'negative') AS negative
FROM issue_members m
JOIN voices v ON v.submission_id = m.submission_id
WHERE m.issue_id = %(issue)s AND NOT is_protected_letter(m.submission_id)
  AND v.submitted_at >= %(first)s::date::timestamp AT TIME ZONE %(zone)s
  AND v.submitted_at < (%(last)s::date + 1)::timestamp AT TIME ZONE %(zone)s
  AND (%(channel)s::text IS NULL OR v.channel::text = %(channel)s)
