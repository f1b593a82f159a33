-- 需核实清单 list
-- numerator:   hits of one rule, the latest first, each with its case and with what was found when somebody looked into it
-- denominator: none; `total` counts all of them
-- exclusions:  none beyond those of the rule
-- source:      the query of the rule, put in the place of its name
SELECT h.case_id, c.case_number, c.title, c.confidential OR c.appeal_type = 'report' AS hidden, c.status, h.department_id,
       h.at, h.evidence, count(*) OVER () AS total,
       coalesce((SELECT jsonb_agg(jsonb_build_object('note', v.note, 'actor', v.actor, 'at', v.at) ORDER BY v.id)
                 FROM integrity_reviews v
                 WHERE v.case_id = h.case_id AND v.rule = %(rule)s::integrity_rule AND v.hit_at = h.at), '[]') AS reviews
FROM (/* hits */) h JOIN cases c ON c.id = h.case_id
WHERE %(unit)s::text IS NULL OR h.department_id = %(unit)s
ORDER BY h.at DESC, h.case_id DESC
LIMIT %(limit)s OFFSET %(offset)s
