-- 热点问题每日来件 issue_by_day
-- numerator:   submissions of one issue by local day of submission and channel; days without one are absent
-- denominator: none
-- exclusions:  submissions not analysed yet
-- source:      issue_members, voices
SELECT (v.submitted_at AT TIME ZONE %(zone)s)::date AS day, v.channel, count(*) AS value
FROM issue_members m
JOIN voices v ON v.submission_id = m.submission_id
WHERE m.issue_id = %(issue)s
GROUP BY 1, 2
ORDER BY 1, 2
