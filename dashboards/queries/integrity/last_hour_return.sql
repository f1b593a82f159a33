-- 临近期限退单 last_hour_return
-- numerator:   returns that a unit asked for in the last `hours` of the time in which it may
-- denominator: none; a hit is a question to a person
-- exclusions:  returns where the city sets no limit
-- source:      case_returns
SELECT r.case_id, r.department_id, r.requested_at AS at,
       jsonb_build_object('minutes_left', floor(extract(epoch FROM r.window_ends - r.requested_at) / 60),
                          'reason', r.reason::text) AS evidence
FROM case_returns r
WHERE r.requested_at >= %(first)s AND r.requested_at < %(last)s
  AND r.requested_at > r.window_ends - make_interval(hours => %(hours)s)
