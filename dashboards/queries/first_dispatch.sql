-- 首派准确率 first_dispatch
-- numerator:   right = cases whose first lead still leads (never redispatched, returned or decided to another unit),
--              also by what the first lead was named: model, rule, person
-- denominator: dispatched = cases that were dispatched, by the same
-- exclusions:  cases in triage; a redispatch that keeps the lead and changes the helpers alone
-- source:      first_dispatches, which the schema writes from the events of the cases
SELECT count(*) AS first_dispatched,
       count(*) FILTER (WHERE d.given_on_at IS NULL) AS first_right,
       count(*) FILTER (WHERE d.source = 'model') AS model_dispatched,
       count(*) FILTER (WHERE d.source = 'model' AND d.given_on_at IS NULL) AS model_right,
       count(*) FILTER (WHERE d.source = 'rule') AS rule_dispatched,
       count(*) FILTER (WHERE d.source = 'rule' AND d.given_on_at IS NULL) AS rule_right,
       count(*) FILTER (WHERE d.source = 'person') AS person_dispatched,
       count(*) FILTER (WHERE d.source = 'person' AND d.given_on_at IS NULL) AS person_right
FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
JOIN first_dispatches d ON d.case_id = m.id
