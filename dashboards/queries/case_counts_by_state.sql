-- 单位待办 case_counts_by_state
-- numerator:   matching cases by where they stand in a unit's work; each count is a status or state that opens its list
-- denominator: none
-- exclusions:  submissions without a case;
--              cases merged into another, letters that were split (their parts count): matching_cases
-- source:      case_facts; the unit is the criterion `unit` (lead or co-handling now)
SELECT count(*) FILTER (WHERE f.is_open) AS open,
       count(*) FILTER (WHERE f.status = 'dispatched') AS awaiting_acknowledgement,
       count(*) FILTER (WHERE f.status = 'in_progress') AS in_progress,
       count(*) FILTER (WHERE f.is_overdue) AS overdue,
       count(*) FILTER (WHERE f.is_completed) AS completed
FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
JOIN case_facts(%(as_of)s) f USING (id)
