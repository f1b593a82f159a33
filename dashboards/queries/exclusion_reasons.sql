-- 剔除的理由 exclusion_reasons
-- numerator:   value = accepted exclusions of the metric (or of all) by leading unit, reason and who agreed
-- denominator: none
-- exclusions:  asked for and not agreed to, or refused
-- source:      case_exclusions; the criteria are those of the denominator of the metric
SELECT coalesce(c.lead_department_id, 'none') AS department, x.reason, x.decided_by AS approver,
    count(DISTINCT x.case_id) AS value
FROM case_exclusions x
JOIN cases c ON c.id = x.case_id
JOIN matching_cases(%(as_of)s, %(criteria)s) AS m(id) ON m.id = x.case_id
WHERE x.state = 'accepted' AND x.metric IN (%(metric)s, 'all')
GROUP BY 1, 2, 3
ORDER BY 4 DESC, 2, 3
