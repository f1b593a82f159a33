-- 大屏上的热点问题 issues_on_wall
-- numerator:   for each issue asked for with something protected in it: its other submissions, the different people who
--              wrote them (who is not known is one of their own), how many of them are negative, and whether it is told
--              at all: not what is about a confidential topic, and not where fewer are left than make an issue
-- denominator: the analysed ones of these submissions
-- exclusions:  protected letters (is_protected_letter); issues without any
-- source:      open_part: issues, issue_members, submissions, voices, cases, topics, issue_settings
SELECT i.id, p.submissions, p.persons, p.analysed, p.negative, p.told
FROM unnest(%(issues)s::bigint[]) AS i (id)
CROSS JOIN LATERAL open_part(i.id) p
WHERE p.closed
ORDER BY i.id
