-- 需核实数 count
-- numerator:   hits of one rule, those that somebody has looked into, by the unit that had the case
-- denominator: none
-- exclusions:  none beyond those of the rule
-- source:      the query of the rule, put in the place of its name
SELECT h.department_id, count(*) AS hits,
       count(*) FILTER (WHERE EXISTS (SELECT FROM integrity_reviews v
                                      WHERE v.case_id = h.case_id AND v.rule = %(rule)s::integrity_rule
                                        AND v.hit_at = h.at)) AS reviewed
FROM (/* hits */) h
WHERE %(unit)s::text IS NULL OR h.department_id = %(unit)s
GROUP BY h.department_id
