-- 临期或逾期后调整 late_clock
-- numerator:   extensions and suspensions that were granted, and cases that went to another unit, got another time limit or
--              were merged into a case with a later one, less than `hours` before the case was due, or after
-- denominator: none; a hit is a question to a person
-- exclusions:  changes that leave the lead and the time limit as they are (other helping units); a recalculated calendar
-- source:      case_extensions, case_suspensions, case_merges, case_events; the time limit as it was known before the
--              change; a merged case keeps its own
WITH moved AS (
    SELECT e.case_id, coalesce(e.payload->>'previous_lead', lead_at(e.case_id, e.at)) AS department_id, e.at,
           e.action::text AS action,
           ((before.due_date + 1)::timestamp AT TIME ZONE %(zone)s) AS due_at
    FROM case_events e
    CROSS JOIN LATERAL (
        SELECT coalesce(b.payload->'due_date'->>'to', b.payload->>'due_date')::date AS due_date
        FROM case_events b
        WHERE b.case_id = e.case_id AND b.seq < e.seq AND b.payload ? 'due_date' AND b.payload->>'due_date' IS NOT NULL
        ORDER BY b.seq DESC LIMIT 1
    ) before
    WHERE e.action IN ('redispatch', 'accept_return', 'designate') AND e.at >= %(first)s AND e.at < %(last)s
      AND (e.payload->>'previous_lead' IS DISTINCT FROM e.payload->>'lead'
           OR e.payload->>'due_date' IS DISTINCT FROM before.due_date::text)
    UNION ALL
    SELECT x.case_id, x.department_id, x.decided_at, 'grant_extension', x.due_before
    FROM case_extensions x
    WHERE x.state = 'accepted' AND x.decided_at >= %(first)s AND x.decided_at < %(last)s
    UNION ALL
    SELECT s.case_id, s.department_id, s.decided_at, 'grant_suspension', s.due_at_before
    FROM case_suspensions s
    WHERE s.state::text NOT IN ('requested', 'refused') AND s.decided_at >= %(first)s AND s.decided_at < %(last)s
    UNION ALL
    SELECT g.member_id, lead_at(g.member_id, g.merged_at), g.merged_at, 'merge', c.due_at
    FROM case_merges g JOIN cases c ON c.id = g.member_id JOIN cases h ON h.id = g.head_id
    WHERE h.id IS DISTINCT FROM c.parent_id AND h.due_at > c.due_at
      AND g.merged_at >= %(first)s AND g.merged_at < %(last)s
)
SELECT case_id, department_id, at,
       jsonb_build_object('action', action, 'minutes_left', floor(extract(epoch FROM due_at - at) / 60)) AS evidence
FROM moved WHERE at > due_at - make_interval(hours => %(hours)s)
