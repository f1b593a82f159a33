-- 剔除的工单 excluded
-- numerator:   value = accepted exclusions of the metric (or of all) among the cases that the criteria select, by leading unit
-- denominator: none
-- exclusions:  asked for and not agreed to, or refused
-- source:      case_exclusions; the criteria are those of the numerator or of the denominator of the metric
SELECT coalesce(c.lead_department_id, 'none') AS department, count(DISTINCT x.case_id) AS value
FROM case_exclusions x
JOIN cases c ON c.id = x.case_id
JOIN matching_cases(%(as_of)s, %(criteria)s) AS m(id) ON m.id = x.case_id
WHERE x.state = 'accepted' AND x.metric IN (%(metric)s, 'all')
GROUP BY 1
