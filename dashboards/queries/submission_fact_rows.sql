-- 来件的统计维度 submission_fact_rows
-- numerator:   one row for each of the submissions `ids`: its local day of submission, the dimensions as the analysis gave
--              them, and 1 or 0 for what submissions_by_channel.sql counts; 'none' = not known or not analysed yet
-- denominator: none
-- exclusions:  none
-- source:      submissions, analyses, cases (of a letter that was split the case of the whole)
SELECT s.id, (s.submitted_at AT TIME ZONE %(zone)s)::date AS day, 'none' AS department,
       coalesce(a.topic_code, 'none') AS topic, coalesce(t.parent_code, t.code, 'none') AS main_topic,
       coalesce(a.region_code, 'none') AS region,
       coalesce(n.county, 'none') AS county, s.channel::text AS channel,
       coalesce(a.appeal_type::text, 'none') AS appeal_type,
       CASE WHEN a.submission_id IS NULL THEN 'none' WHEN a.sentiment <> 'negative' THEN a.sentiment::text
            WHEN displeased_with(a.negative_aspects, 'authority') THEN 'displeased' ELSE 'matter' END AS tone,
       0::bigint AS taken, '' AS flow, 0 AS due_day,
       1 AS received, (s.state = 'pending')::integer AS pending, (a.submission_id IS NOT NULL)::integer AS analysed,
       coalesce(a.sentiment = 'negative', false)::integer AS negative, (c.id IS NOT NULL)::integer AS cases
FROM submissions s
LEFT JOIN analyses a ON a.submission_id = s.id
LEFT JOIN cases c ON c.submission_id = s.id AND c.parent_id IS NULL
LEFT JOIN topics t ON t.code = a.topic_code
LEFT JOIN (SELECT r.code, coalesce(nullif(county_of(r.code), ''), r.code) AS county FROM regions r) n
    ON n.code = a.region_code
WHERE s.id = ANY(%(ids)s)
