-- 大屏上的热点问题 issues_on_wall
-- numerator:   for each issue asked for with something protected in it: its other submissions, the different people who
--              wrote them (who is not known is one of their own), how many of them are negative, and whether it is told
--              at all: not what is about a confidential topic, and not where fewer are left than make an issue
-- denominator: the analysed ones of these submissions
-- exclusions:  submissions that are confidential, that are a report or were called one by who wrote it, and those with a
--              case of that kind; issues without any
-- source:      issues, issue_members, submissions, voices, cases, topics, issue_settings
SELECT i.id, count(*) FILTER (WHERE NOT o.hidden) AS submissions,
       count(DISTINCT coalesce(s.submitter_key, int8send(s.id))) FILTER (WHERE NOT o.hidden) AS persons,
       count(v.submission_id) FILTER (WHERE NOT o.hidden) AS analysed,
       count(*) FILTER (WHERE NOT o.hidden AND v.sentiment = 'negative') AS negative,
       NOT coalesce(t.confidential, false) AND count(*) FILTER (WHERE NOT o.hidden) >= g.least_submissions
         AND count(DISTINCT coalesce(s.submitter_key, int8send(s.id))) FILTER (WHERE NOT o.hidden) >= g.least_persons
         AS told
FROM issues i
LEFT JOIN topics t ON t.code = i.topic_code
JOIN issue_members m ON m.issue_id = i.id
JOIN submissions s ON s.id = m.submission_id
LEFT JOIN voices v ON v.submission_id = s.id
CROSS JOIN LATERAL (
    SELECT s.confidential OR s.declared_appeal_type IS NOT DISTINCT FROM 'report' OR EXISTS (
        SELECT FROM cases c WHERE c.submission_id = s.id AND (c.confidential OR c.appeal_type = 'report')) AS hidden) o
CROSS JOIN (SELECT least_submissions, least_persons FROM issue_settings ORDER BY id DESC LIMIT 1) g
WHERE i.id = ANY(%(issues)s)
GROUP BY i.id, t.confidential, g.least_submissions, g.least_persons
HAVING bool_or(o.hidden) OR bool_or(t.confidential)
ORDER BY i.id
