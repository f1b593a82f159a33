-- 区县分布 volume_by_region
-- numerator:   matching cases by county (or functional area); where a region is chosen, by the regions just below it,
--              or the region itself where nothing lies below
-- denominator: the matching cases; key NULL = place not known; key 'CODE!' = known only as
--              this larger region
-- exclusions:  submissions without a case;
--              cases merged into another, letters that were split (their parts count): matching_cases
-- source:      case_facts.region_code, the tree in regions
WITH RECURSIVE groups AS (
    SELECT r.code, r.name FROM regions r
    WHERE CASE WHEN %(region)s::text IS NULL THEN r.level IN ('county', 'functional')
               ELSE r.parent_code = %(region)s
                    OR r.code = %(region)s AND NOT EXISTS (SELECT FROM regions b WHERE b.parent_code = r.code) END
), tree AS (
    SELECT g.code, g.code AS group_code, g.name AS group_name FROM groups g
    UNION ALL
    SELECT r.code, t.group_code, t.group_name FROM tree t JOIN regions r ON r.parent_code = t.code
    -- a functional area inside a county is a group of its own
    WHERE r.code NOT IN (SELECT g.code FROM groups g)
)
SELECT coalesce(t.group_code, n.region_code || '!') AS key, coalesce(t.group_name, r.name || '（未细分）') AS label,
       sum(n.value)::bigint AS value
FROM (
    SELECT f.region_code, count(*) AS value
    FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
    JOIN case_facts(%(as_of)s) f USING (id)
    GROUP BY f.region_code
) n
LEFT JOIN tree t ON t.code = n.region_code
LEFT JOIN regions r ON r.code = n.region_code
GROUP BY 1, 2
ORDER BY value DESC, key
