-- 短时间成批办结 quick_bulk
-- numerator:   completions within `minutes` of the acknowledgement (or of the reopening, or of the order to do it anew), or
--              within `percent` of the time that the case was given, of which one unit made at least `cases` within
--              `window_minutes`; and, however long they had the cases, what one person completed, at least `cases` within
--              `burst_minutes`
-- denominator: none; a hit is a question to a person
-- exclusions:  cases answered together with an issue, which is one answer to many by design; what was completed with the
--              case it was merged into, or with its parts: by the event, so that no merge afterwards takes a hit away
-- source:      case_events, which nobody can change; assignments say which unit led at that moment; the time given from
--              the dispatch to the due time, so that to wait a little longer is no way round
WITH done AS (
    SELECT e.case_id, e.at, split_part(e.actor, ':', 2) AS person,
           coalesce(extract(epoch FROM c.due_at - c.dispatched_at) * %(percent)s / 100, 0) AS short,
           extract(epoch FROM e.at - (
               SELECT max(b.at) FROM case_events b
               WHERE b.case_id = e.case_id AND b.seq < e.seq AND b.action IN ('acknowledge', 'reopen', 'rework'))) AS seconds
    FROM case_events e
    -- by its key: the completions of a month are few of all cases
    CROSS JOIN LATERAL (SELECT k.due_at, k.dispatched_at FROM cases k WHERE k.id = e.case_id OFFSET 0) c
    WHERE e.action = 'complete' AND NOT e.payload ?| ARRAY['head', 'parts']
      AND e.at >= %(first)s::timestamptz - make_interval(mins => greatest(%(window_minutes)s, %(burst_minutes)s))
      AND e.at < %(last)s::timestamptz + make_interval(mins => greatest(%(window_minutes)s, %(burst_minutes)s))
      AND NOT EXISTS (SELECT FROM response_cases r WHERE r.case_id = e.case_id AND r.answered_at = e.at)
),
ahead AS (
    SELECT *, count(*) OVER (PARTITION BY person ORDER BY at
                             RANGE BETWEEN CURRENT ROW AND make_interval(mins => %(burst_minutes)s) FOLLOWING) AS ahead
    FROM done
),
-- the fullest window that begins within as many minutes before and so holds this completion too
by_person AS (
    SELECT *, coalesce(seconds <= greatest(%(minutes)s * 60, short), false) AS quick,
           max(ahead) OVER (PARTITION BY person ORDER BY at
                            RANGE BETWEEN make_interval(mins => %(burst_minutes)s) PRECEDING AND CURRENT ROW) AS by_one
    FROM ahead
),
led AS (
    SELECT case_id, at, seconds, quick, by_one, lead_at(case_id, at) AS department_id
    FROM by_person WHERE quick OR by_one >= %(cases)s
),
quick_ahead AS (
    SELECT *, count(*) FILTER (WHERE quick) OVER (
               PARTITION BY department_id ORDER BY at
               RANGE BETWEEN CURRENT ROW AND make_interval(mins => %(window_minutes)s) FOLLOWING) AS ahead
    FROM led
),
by_unit AS (
    SELECT *, max(ahead) FILTER (WHERE quick) OVER (
               PARTITION BY department_id ORDER BY at
               RANGE BETWEEN make_interval(mins => %(window_minutes)s) PRECEDING AND CURRENT ROW) AS together
    FROM quick_ahead
)
SELECT case_id, department_id, at,
       jsonb_build_object('seconds', floor(seconds), 'together', CASE WHEN quick THEN together ELSE 0 END, 'by_one', by_one)
           AS evidence
FROM by_unit
WHERE (quick AND together >= %(cases)s OR by_one >= %(cases)s) AND at >= %(first)s AND at < %(last)s
