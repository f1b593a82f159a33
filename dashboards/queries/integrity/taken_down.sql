-- 自行撤下公开答复 taken_down
-- numerator:   times a unit took a published answer down by itself, whether it is shown again by now or not
-- denominator: none; a hit is a question to a person
-- exclusions:  what the centre took down; answers that are shown no more for another reason (reopened, protected, consent
--              taken back)
-- source:      case_events, which nobody can change; before the event named the unit, published_answers
SELECT e.case_id, u.department_id, e.at,
       jsonb_build_object('back', EXISTS (SELECT FROM case_events b
                                          WHERE b.case_id = e.case_id AND b.seq > e.seq AND b.action = 'publish')) AS evidence
FROM case_events e
LEFT JOIN published_answers p ON p.case_id = e.case_id AND p.withdrawn_at = e.at
CROSS JOIN LATERAL (SELECT coalesce(e.payload->>'department', p.withdrawn_unit) AS department_id) u
WHERE e.action = 'unpublish' AND e.at >= %(first)s AND e.at < %(last)s AND u.department_id IS NOT NULL
