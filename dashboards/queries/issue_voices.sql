-- 热点问题的来件构成 issue_voices
-- numerator:   for each issue asked for and each channel: submissions, different people (who is not known is one of
--              their own), negative submissions, submissions with a case
-- denominator: the submissions of the issue
-- exclusions:  submissions not analysed yet; those that stand alone
-- source:      issue_members, voices
SELECT m.issue_id, v.channel, count(*) AS submissions, count(DISTINCT v.person) AS persons,
       count(*) FILTER (WHERE v.sentiment = 'negative') AS negative, count(v.case_id) AS cases
FROM issue_members m
JOIN voices v ON v.submission_id = m.submission_id
WHERE m.issue_id = ANY(%(issues)s)
GROUP BY 1, 2
ORDER BY 1, 2
