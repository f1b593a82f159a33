-- 预先统计的需核实数 kept
-- numerator:   what was counted ahead of these days, with the thresholds of now and all that was looked into since
-- denominator: none
-- exclusions:  what is older than `since`
-- source:      integrity_counts, made by the query `count` of every rule
SELECT counted_at, counts FROM integrity_counts
WHERE first_day = %(first_day)s AND last_day = %(last_day)s AND counted_at > %(since)s
  AND thresholds = %(thresholds)s::jsonb AND last_review = (SELECT coalesce(max(id), 0) FROM integrity_reviews)
