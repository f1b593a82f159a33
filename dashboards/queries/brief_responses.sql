-- 正在处置的热点问题 brief_responses
-- numerator:   open responses to issues with their stage, and whether a clock of theirs is past; an issue with something
--              protected in it is called by its place and topic
-- denominator: none
-- exclusions:  closed responses; issues on a confidential topic and those of which fewer letters are left than make an
--              issue, once the protected ones are taken off (open_part, as on the wall)
-- source:      issue_responses, response_clocks, issues, open_part
SELECT i.id, CASE WHEN p.closed THEN concat_ws(' ', g.name, coalesce(t.name, '类别不明')) ELSE i.name END AS name, r.stage,
       EXISTS (SELECT FROM response_clocks c WHERE c.response_id = r.id AND c.met_at IS NULL AND c.dropped_at IS NULL
                 AND c.due_at < %(as_of)s) AS late
FROM issue_responses r
JOIN issues i ON i.id = r.issue_id
LEFT JOIN topics t ON t.code = i.topic_code
LEFT JOIN regions g ON g.code = i.region_code
LEFT JOIN LATERAL open_part(i.id) p ON true
WHERE r.stage <> 'closed'
  AND (%(issue)s::bigint IS NULL OR i.id = %(issue)s)
  AND coalesce(p.told OR NOT p.closed, NOT coalesce(t.confidential, false))
ORDER BY late DESC, r.known_at, i.id
LIMIT %(most)s
