-- 及时签收率 sign_in
-- numerator:   in_time = cases of which every sign-in clock that has run out was met in time
-- denominator: due = cases of which a sign-in clock has run out by now, signed in or not
-- exclusions:  clocks that have not run out; clocks of units that the case was taken from before
-- source:      the function sign_ins over unit_clocks
SELECT count(*) AS due, count(*) FILTER (WHERE s.in_time) AS in_time
FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
JOIN sign_ins(%(as_of)s) s ON s.case_id = m.id
