-- 地区的归并 region_groups
-- numerator:   for each region the group that volume_by_region.sql counts it under: its county or functional area; where a
--              region is chosen, one of those just below it; 'CODE!' = known only as this larger region
-- denominator: none
-- exclusions:  none
-- source:      regions
WITH RECURSIVE groups AS (
    SELECT r.code, r.name FROM regions r
    WHERE CASE WHEN %(region)s::text IS NULL THEN r.level IN ('county', 'functional')
               ELSE r.parent_code = %(region)s
                    OR r.code = %(region)s AND NOT EXISTS (SELECT FROM regions b WHERE b.parent_code = r.code) END
), tree AS (
    SELECT g.code, g.code AS group_code, g.name AS group_name FROM groups g
    UNION ALL
    SELECT r.code, t.group_code, t.group_name FROM tree t JOIN regions r ON r.parent_code = t.code
    WHERE r.code NOT IN (SELECT g.code FROM groups g)
)
SELECT r.code, coalesce(t.group_code, r.code || '!') AS key, coalesce(t.group_name, r.name || '（未细分）') AS label
FROM regions r
LEFT JOIN tree t ON t.code = r.code
