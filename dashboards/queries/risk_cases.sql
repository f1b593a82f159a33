-- 可能超期的工单 risk_cases
-- numerator:   the given cases that are still running in time, as a list shows them
-- denominator: none
-- exclusions:  those completed, late already, merged or split since their risk was computed
-- source:      case_facts with the names of unit and topic
SELECT f.id AS case_id, f.case_number, f.title, f.confidential, f.lead_department_id AS department_id,
       d.short_name AS department, t.name AS topic, f.due_at
FROM case_facts(%(as_of)s) f
LEFT JOIN departments d ON d.id = f.lead_department_id
LEFT JOIN topics t ON t.code = f.topic_code
WHERE f.id = ANY(%(ids)s) AND f.is_open AND NOT f.is_overdue AND f.is_counted
