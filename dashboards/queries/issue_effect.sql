-- 处置前后每日声音 issue_effect
-- numerator:   by local day: different people, submissions and negative submissions of the issue, and of its topic in
--              the comparison places: all regions outside the issue's own county
-- denominator: the submissions of the same day and part
-- exclusions:  submissions not analysed yet; from the comparison whatever belongs to the issue, and submissions whose
--              region is not known; days before `first` or after `last`. Without a topic or a county no comparison.
-- source:      voices, issue_members
WITH own AS MATERIALIZED (
    SELECT submission_id FROM issue_members WHERE issue_id = %(issue)s
), home AS MATERIALIZED (
    SELECT region_subtree(%(county)s) AS code
), said AS (
    SELECT (v.submitted_at AT TIME ZONE %(zone)s)::date AS day, v.person, v.sentiment,
           CASE WHEN v.submission_id IN (SELECT submission_id FROM own) THEN 'issue'
                WHEN %(topic)s::text <> '' AND %(county)s::text <> '' AND starts_with(v.topic_code, %(topic)s)
                     AND v.region_code <> '' AND v.region_code NOT IN (SELECT code FROM home) THEN 'comparison' END AS part
    FROM voices v
    WHERE v.submitted_at >= %(first)s::date::timestamp AT TIME ZONE %(zone)s
      AND v.submitted_at < (%(last)s::date + 1)::timestamp AT TIME ZONE %(zone)s
)
SELECT day, part, count(DISTINCT person) AS persons, count(*) AS submissions,
       count(*) FILTER (WHERE sentiment = 'negative') AS negative
FROM said
WHERE part IS NOT NULL
GROUP BY 1, 2
ORDER BY 1, 2
