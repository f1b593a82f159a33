-- 响应率、解决率、满意率、重办率 follow_up
-- numerator:   responded: sign-in and first contact of the leading unit all in time; callback_solved: "solved" (not: in
--              part); callback_satisfied: very satisfied or satisfied, and basically satisfied where the rule by which
--              the case was drawn says so; reworked: done anew after a callback at least once
-- denominator: response_due: both clocks met, or one late by now; callback_valid: drawn and answered, of the last
--              completion; finished: completed at least once
-- exclusions:  merged and split cases (is_counted). No answer (unreachable) and refused are in neither part of the rates
--              of callbacks and are counted beside them; answers of submitters who were not drawn are left out: who
--              answers by himself is no sample. Clocks that ended before they were due, the case taken from the unit
-- source:      case_in_state, the definition of the lists; DOMAIN 2.1 formulas 5, 7, 9
SELECT count(*) FILTER (WHERE case_in_state(m.id, 'response_due', %(as_of)s)) AS response_due,
       count(*) FILTER (WHERE case_in_state(m.id, 'responded', %(as_of)s)) AS responded,
       count(*) FILTER (WHERE case_in_state(m.id, 'callback_valid', %(as_of)s)) AS callback_valid,
       count(*) FILTER (WHERE case_in_state(m.id, 'callback_solved', %(as_of)s)) AS callback_solved,
       count(*) FILTER (WHERE case_in_state(m.id, 'callback_satisfied', %(as_of)s)) AS callback_satisfied,
       count(*) FILTER (WHERE case_in_state(m.id, 'callback_waiting', %(as_of)s)) AS callback_waiting,
       count(*) FILTER (WHERE case_in_state(m.id, 'callback_unreachable', %(as_of)s)) AS callback_unreachable,
       count(*) FILTER (WHERE case_in_state(m.id, 'callback_refused', %(as_of)s)) AS callback_refused,
       count(*) FILTER (WHERE case_in_state(m.id, 'finished', %(as_of)s)) AS finished,
       count(*) FILTER (WHERE case_in_state(m.id, 'reworked', %(as_of)s)) AS reworked
FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
