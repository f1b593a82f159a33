-- 筛选条件的展开 fact_filters
-- numerator:   the topics and regions that a filter stands for, and the county or zone that its region lies in
-- denominator: none
-- exclusions:  none
-- source:      topics, region_subtree, county_of
SELECT ARRAY(SELECT t.code FROM topics t WHERE starts_with(t.code, %(topic)s::text)) AS topics,
       ARRAY(SELECT b.code FROM region_subtree(%(region)s::text) b) AS regions,
       county_of(rtrim(%(region)s::text, '!')) AS county
