-- 短时间成批办结 quick_bulk
-- numerator:   completions within `minutes` of the acknowledgement (or of the reopening, or of the order to do it anew), of
--              which one unit made at least `cases` within `window_minutes`
-- denominator: none; a hit is a question to a person
-- exclusions:  cases answered together with an issue, which is one answer to many by design; what was completed with the
--              case it was merged into, or with its parts: by the event, so that no merge afterwards takes a hit away
-- source:      case_events, which nobody can change; assignments say which unit led at that moment
WITH done AS (
    SELECT e.case_id, e.at, lead_at(e.case_id, e.at) AS department_id,
           (SELECT max(b.at) FROM case_events b
            WHERE b.case_id = e.case_id AND b.seq < e.seq AND b.action IN ('acknowledge', 'reopen', 'rework')) AS since
    FROM case_events e
    WHERE e.action = 'complete' AND NOT e.payload ?| ARRAY['head', 'parts']
      AND e.at >= %(first)s::timestamptz - make_interval(mins => %(window_minutes)s)
      AND e.at < %(last)s::timestamptz + make_interval(mins => %(window_minutes)s)
      AND NOT EXISTS (SELECT FROM response_cases r WHERE r.case_id = e.case_id AND r.answered_at = e.at)
),
quick AS (
    SELECT *, count(*) OVER (PARTITION BY department_id ORDER BY at
                             RANGE BETWEEN CURRENT ROW AND make_interval(mins => %(window_minutes)s) FOLLOWING) AS ahead
    FROM done WHERE at - since <= make_interval(mins => %(minutes)s)
),
-- the fullest window that begins within `window_minutes` before and so holds this completion too
counted AS (
    SELECT *, max(ahead) OVER (PARTITION BY department_id ORDER BY at
                               RANGE BETWEEN make_interval(mins => %(window_minutes)s) PRECEDING AND CURRENT ROW) AS together
    FROM quick
)
SELECT case_id, department_id, at,
       jsonb_build_object('seconds', floor(extract(epoch FROM at - since)), 'together', together) AS evidence
FROM counted WHERE together >= %(cases)s AND at >= %(first)s AND at < %(last)s
