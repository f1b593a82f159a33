-- 筛选条件的展开 fact_filters
-- numerator:   the topics, regions and units that a filter stands for, whether its topic is a first-level one
--              and which ones they lie in, and the county or zone that its region lies in
-- denominator: none
-- exclusions:  none
-- source:      topics, departments, region_subtree, county_of
SELECT ARRAY(SELECT t.code FROM topics t WHERE starts_with(t.code, %(topic)s::text)) AS topics,
       EXISTS (SELECT FROM topics t WHERE t.code = %(topic)s::text AND t.parent_code IS NULL) AS first_level,
       ARRAY(SELECT DISTINCT coalesce(t.parent_code, t.code) FROM topics t
             WHERE starts_with(t.code, %(topic)s::text) OR t.code = rtrim(%(topic)s::text, '!')) AS main_topics,
       ARRAY(SELECT b.code FROM region_subtree(%(region)s::text) b) AS regions,
       ARRAY(SELECT d.id FROM departments d WHERE d.duty = %(duty)s::text) AS units,
       county_of(rtrim(%(region)s::text, '!')) AS county
