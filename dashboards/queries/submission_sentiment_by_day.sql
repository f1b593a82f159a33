-- 每日情感倾向（全部来件） submission_sentiment_by_day
-- numerator:   analysed submissions of all four channels by local day of submission and tone of the text: positive,
--              neutral, and of the negative ones displeased (with the department, the reply or a policy) or matter
-- denominator: the analysed submissions of that day
-- exclusions:  submissions not analysed yet. Only the filters that a submission without a case can answer apply:
--              channel, topic, region, appeal type, sentiment, emotion, displeasure, urgency, days, import
-- source:      submissions, analyses
SELECT (s.submitted_at AT TIME ZONE %(zone)s)::date AS day,
       CASE WHEN a.sentiment <> 'negative' THEN a.sentiment::text
            WHEN displeased_with(a.negative_aspects, 'authority') THEN 'displeased' ELSE 'matter' END AS key,
       count(*) AS value
FROM submissions s
JOIN analyses a ON a.submission_id = s.id
WHERE (%(channel)s::text IS NULL OR s.channel::text = %(channel)s)
  AND (%(topic)s::text IS NULL
       OR CASE WHEN %(topic)s = 'none' THEN a.topic_code IS NULL ELSE starts_with(a.topic_code, %(topic)s) END)
  AND (%(region)s::text IS NULL
       OR CASE WHEN %(region)s = 'none' THEN a.region_code IS NULL
               ELSE a.region_code IN (SELECT b.code FROM region_subtree(%(region)s) b) END)
  AND (%(appeal_type)s::text IS NULL OR a.appeal_type::text = %(appeal_type)s)
  AND (%(sentiment)s::text IS NULL OR a.sentiment::text = %(sentiment)s)
  AND (%(emotion)s::text IS NULL OR a.emotion::text = %(emotion)s)
  AND (%(displeased_with)s::text IS NULL OR displeased_with(a.negative_aspects, %(displeased_with)s))
  AND (%(urgency)s::text IS NULL OR a.urgency::text = %(urgency)s)
  AND (%(submitted_from)s::date IS NULL OR s.submitted_at >= %(submitted_from)s::date::timestamp AT TIME ZONE %(zone)s)
  AND (%(submitted_to)s::date IS NULL OR s.submitted_at < (%(submitted_to)s::date + 1)::timestamp AT TIME ZONE %(zone)s)
  AND (%(import_id)s::bigint IS NULL OR s.import_id = %(import_id)s)
  AND (%(issue_id)s::bigint IS NULL
       OR EXISTS (SELECT FROM issue_members m WHERE m.submission_id = s.id AND m.issue_id = %(issue_id)s))
  AND (%(alert_id)s::bigint IS NULL
       OR EXISTS (SELECT FROM alert_submissions l WHERE l.submission_id = s.id AND l.alert_id = %(alert_id)s))
GROUP BY 1, 2
ORDER BY 1, 2
