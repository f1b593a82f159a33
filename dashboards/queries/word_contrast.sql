-- 用词对比 word_contrast
-- numerator:   of each word, the persons who have it among the keywords of a case of the period now (`now`) and of the
--              period before (`before`): one mention a person and word, however many cases they wrote; and all mentions
--              of each period (`total_now`, `total_before`), the same in every row
-- denominator: none (the log-odds set a word's mentions against all others: dashboards/statistics/log_odds.py)
-- exclusions:  those of matching_cases; of a period with more than `newest` cases only the newest are read; words of
--              fewer than `least` persons in both periods together; words that do not stand in the masked text of the
--              case that says them (what was masked is never shown)
-- source:      analyses.keywords (words that name something, no names of persons), case_search (masked text)
WITH chosen AS (
    SELECT true AS is_now, n.* FROM (
        SELECT f.id, f.submission_id FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
        JOIN case_facts(%(as_of)s) f USING (id) ORDER BY f.submitted_at DESC LIMIT %(newest)s) n
    UNION ALL
    SELECT false, b.* FROM (
        SELECT f.id, f.submission_id FROM matching_cases(%(as_of)s, %(before)s) AS m(id)
        JOIN case_facts(%(as_of)s) f USING (id) ORDER BY f.submitted_at DESC LIMIT %(newest)s) b
), mentions AS (
    SELECT DISTINCT c.is_now, w.word, coalesce(s.submitter_key, int8send(s.id)) AS person
    FROM chosen c
    JOIN submissions s ON s.id = c.submission_id
    JOIN analyses a ON a.submission_id = c.submission_id
    JOIN case_search x ON x.case_id = c.id
    CROSS JOIN LATERAL (SELECT DISTINCT k->>'word' AS word FROM jsonb_array_elements(a.keywords) k) w
    WHERE strpos(x.text, lower(w.word)) > 0
), totals AS (
    SELECT count(*) FILTER (WHERE is_now) AS total_now, count(*) FILTER (WHERE NOT is_now) AS total_before FROM mentions
)
SELECT m.word, count(*) FILTER (WHERE m.is_now) AS now, count(*) FILTER (WHERE NOT m.is_now) AS before,
       t.total_now, t.total_before
FROM mentions m CROSS JOIN totals t
GROUP BY m.word, t.total_now, t.total_before
HAVING count(DISTINCT m.person) >= %(least)s
ORDER BY m.word
