-- 诉求类别分布 volume_by_topic
-- numerator:   matching cases by first-level topic; by the exact topic where sub_topics is asked for
-- denominator: the matching cases; key NULL = the topic is not known, so that the parts add up to the total
-- exclusions:  submissions without a case;
--              cases merged into another, letters that were split (their parts count): matching_cases
-- source:      case_facts.topic_code, topics.parent_code
SELECT g.code AS key, g.name AS label, sum(n.value)::bigint AS value
FROM (
    SELECT f.topic_code, count(*) AS value
    FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
    JOIN case_facts(%(as_of)s) f USING (id)
    GROUP BY f.topic_code
) n
LEFT JOIN topics t ON t.code = n.topic_code
LEFT JOIN topics g ON g.code = CASE WHEN %(sub_topics)s THEN t.code ELSE coalesce(t.parent_code, t.code) END
GROUP BY g.code, g.name
ORDER BY value DESC, key
