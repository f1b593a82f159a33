-- 各渠道来件 submissions_by_channel
-- numerator:   submissions received by channel; of them analysed, of those negative; and how many became a case
-- denominator: of the negative share, the analysed submissions
-- exclusions:  none: letters, hotline records, survey answers and posts alike, merged ones too; a letter that was split
--              is one. Only the filters that a submission
--              without a case can answer apply: channel, topic, region, appeal type, sentiment, emotion, displeasure, urgency, days, import
-- source:      submissions, analyses, cases
SELECT s.channel, count(*) AS received, count(*) FILTER (WHERE s.state = 'pending') AS pending,
       count(a.submission_id) AS analysed, count(*) FILTER (WHERE a.sentiment = 'negative') AS negative,
       count(c.id) AS cases
FROM submissions s
LEFT JOIN analyses a ON a.submission_id = s.id
LEFT JOIN cases c ON c.submission_id = s.id AND c.parent_id IS NULL
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
GROUP BY s.channel
ORDER BY s.channel
