-- 人工扣分次数 score_deductions
-- numerator:   value = times entered for the indicator of the scheme in the period, by unit
-- denominator: none
-- exclusions:  withdrawn ones
-- source:      score_deductions
SELECT department_id AS department, sum(times)::int AS value
FROM score_deductions
WHERE scheme_id = %(scheme)s AND indicator = %(indicator)s AND withdrawn_at IS NULL
  AND happened_on BETWEEN %(first_day)s AND %(last_day)s
GROUP BY department_id
