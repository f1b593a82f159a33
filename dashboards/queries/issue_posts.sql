-- 热点问题的网络帖文 issue_posts
-- numerator:   the social posts of one issue, the earliest first, with who wrote
-- denominator: none
-- exclusions:  other channels; posts not analysed yet; what lies beyond the first `most`
-- source:      issue_members, voices
SELECT v.submitted_at AS at, v.person
FROM issue_members m
JOIN voices v ON v.submission_id = m.submission_id
WHERE m.issue_id = %(issue)s AND v.channel = 'social'
ORDER BY v.submitted_at, v.submission_id
LIMIT %(most)s
