-- 诉求类别的归并 topic_groups
-- numerator:   for each topic the group that volume_by_topic.sql counts it under: itself where sub_topics is asked for,
--              else its first-level topic
-- denominator: none
-- exclusions:  none
-- source:      topics
SELECT t.code, g.code AS key, g.name AS label
FROM topics t
JOIN topics g ON g.code = CASE WHEN %(sub_topics)s THEN t.code ELSE coalesce(t.parent_code, t.code) END
