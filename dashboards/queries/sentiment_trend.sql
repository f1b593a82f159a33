-- 情感走势（全部来件） sentiment_trend
-- numerator:   persons by local day, week or month whose submissions are negative; and displeased with the department
--              or its handling. A person counts once a day within a topic, region, channel and tone
-- denominator: all persons of that period, counted the same way
-- exclusions:  submissions not analysed yet; what was received less than about a minute ago may not be counted yet
-- source:      hourly_counts
SELECT date_trunc(%(unit)s, h.hour AT TIME ZONE %(zone)s)::date AS first_day,
       sum(h.persons)::integer AS persons,
       coalesce(sum(h.persons) FILTER (WHERE h.sentiment = 'negative'), 0)::integer AS negative,
       coalesce(sum(h.persons) FILTER (WHERE h.displeased), 0)::integer AS displeased
FROM hourly_counts h
WHERE h.hour >= %(since)s::date::timestamp AT TIME ZONE %(zone)s
  AND h.hour < (%(until)s::date + 1)::timestamp AT TIME ZONE %(zone)s
  AND (%(channel)s::text IS NULL OR h.channel::text = %(channel)s)
  AND (%(topic)s::text IS NULL
       OR CASE WHEN %(topic)s = 'none' THEN h.topic_code = '' ELSE starts_with(h.topic_code, %(topic)s) END)
  AND (%(region)s::text IS NULL
       OR CASE WHEN %(region)s = 'none' THEN h.region_code = ''
               ELSE h.region_code IN (SELECT b.code FROM region_subtree(%(region)s) b) END)
GROUP BY 1
ORDER BY 1
