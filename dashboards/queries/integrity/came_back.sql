-- 办结后又来反映 came_back
-- numerator:   cases that were completed, and whose submitter wrote about the same matter again within `days`
-- denominator: none here; the resolution rate counts such a case as not resolved (view returned_matters)
-- exclusions:  a second letter after the same completion; one written before it; a case that had been reopened by then;
--              another matter of the same person; a likeness that the program is not certain of
-- source:      returned_matters: submission_links, case_events
SELECT m.case_id, m.department_id, m.at,
       jsonb_build_object('days', floor(extract(epoch FROM m.at - m.completed_at) / 86400),
                          'again', c.case_number) AS evidence
FROM returned_matters m JOIN cases c ON c.id = m.came_back_case_id
WHERE m.at >= %(first)s AND m.at < %(last)s AND %(days)s > 0
