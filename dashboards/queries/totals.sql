-- 工单总量与办理情况 totals
-- numerator:   one count per state of a case; each is the state of the same name in matching_cases, so the number
--              and the list behind it agree. received = every matching case.
-- denominator: none here; the rates divide these counts (dashboards/metrics/metrics.py names which by which)
-- exclusions:  submissions without a case (survey answers and posts that nobody opened a case from, pending letters);
--              cases merged into another, letters that were split (their parts count): matching_cases
-- source:      case_facts, DOMAIN 2.1 formula 2
SELECT count(*) AS received,
       count(*) FILTER (WHERE f.is_open) AS open,
       count(*) FILTER (WHERE f.is_overdue) AS overdue,
       count(*) FILTER (WHERE f.is_completed) AS completed,
       count(*) FILTER (WHERE f.status = 'triage') AS awaiting_triage,
       count(*) FILTER (WHERE f.dispatched_at IS NOT NULL) AS dispatched,
       count(*) FILTER (WHERE f.due_at IS NULL) AS without_due_date,
       count(*) FILTER (WHERE f.is_due) AS due,
       count(*) FILTER (WHERE f.is_on_time) AS on_time,
       count(*) FILTER (WHERE f.is_due AND NOT f.is_on_time) AS not_on_time
FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
JOIN case_facts(%(as_of)s) f USING (id)
