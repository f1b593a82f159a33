-- 工单的统计维度 case_fact_rows
-- numerator:   one row for each of the cases `ids` that counts, and of those merged into one, whose writers are called back
--              (not `is_counted`): its local day of submission and the dimensions that the dashboards filter and group
--              by; 'none' = not known. Where the answer of another unit stands one more (not `own`), by that unit and a
--              number below 0. taken: whole days of 24 hours until it was completed; where it is not, or its completion was
--              taken back, its submission (microseconds since 1970, below 0). flow: the unit that it was given to first and
--              how it was given on, '' where it was not. due_day: in days since 1970, 0 where it has none
-- denominator: none
-- exclusions:  those of matching_cases for what is `asked`
-- source:      asked_cases, case_facts, first_dispatches, case_returns (as dispatch_flows.sql); county_of: the county or zone of a region, else the region itself
SELECT CASE WHEN m.own THEN f.id ELSE -f.id END AS id, f.id AS case_id, m.department AS unit, m.own,
       m.own AND f.is_counted AS is_counted, (f.submitted_at AT TIME ZONE %(zone)s)::date AS day,
       coalesce(m.department, 'none') AS department,
       coalesce(f.topic_code, 'none') AS topic, coalesce(t.parent_code, t.code, 'none') AS main_topic,
       coalesce(f.region_code, 'none') AS region,
       coalesce(n.county, 'none') AS county, f.channel::text AS channel, f.appeal_type::text AS appeal_type,
       CASE WHEN f.sentiment <> 'negative' THEN f.sentiment::text
            WHEN displeased_with(f.negative_aspects, 'authority') THEN 'displeased' ELSE 'matter' END AS tone,
       CASE WHEN f.is_completed AND f.completed_at IS NOT NULL
            THEN greatest(0, floor(extract(epoch FROM f.completed_at - f.submitted_at) / 86400))::bigint
            ELSE -(extract(epoch FROM f.submitted_at) * 1000000)::bigint END AS taken,
       CASE WHEN d.given_on_at IS NULL AND f.lead_department_id IS NOT NULL OR d.case_id IS NULL THEN ''
            WHEN EXISTS (SELECT FROM case_returns r WHERE r.case_id = f.id AND r.state = 'accepted')
            THEN d.department_id || ' returned' ELSE d.department_id || ' redispatched' END AS flow,
       coalesce(f.due_date - date '1970-01-01', 0) AS due_day
FROM asked_cases(%(as_of)s, %(criteria)s) AS m(id, department, own)
JOIN case_facts(%(as_of)s) f ON f.id = m.id
LEFT JOIN first_dispatches d ON d.case_id = f.id
LEFT JOIN topics t ON t.code = f.topic_code
LEFT JOIN (SELECT r.code, coalesce(nullif(county_of(r.code), ''), r.code) AS county FROM regions r) n
    ON n.code = f.region_code
WHERE m.id = ANY(%(ids)s)
