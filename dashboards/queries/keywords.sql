-- 关键词 keywords
-- numerator:   matching cases whose analysis names the word, in the period and in the period before it
-- denominator: none (the number of cases of each period is `received` of totals.sql)
-- exclusions:  submissions without a case; of a period with more than `newest` cases only the newest are read;
--              cases merged into another, letters that were split (their parts count): matching_cases
-- source:      analyses.keywords of the cases' submissions
WITH words AS (
    SELECT w.word, count(*) AS value
    FROM (
        SELECT f.submission_id
        FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)
        JOIN case_facts(%(as_of)s) f USING (id)
        ORDER BY f.submitted_at DESC
        LIMIT %(newest)s
    ) f
    JOIN analyses a USING (submission_id)
    CROSS JOIN LATERAL (SELECT DISTINCT k->>'word' AS word FROM jsonb_array_elements(a.keywords) k) w
    GROUP BY w.word
    ORDER BY value DESC, w.word
    LIMIT %(limit)s
), before AS (
    SELECT w.word, count(*) AS value
    FROM (
        SELECT f.submission_id
        FROM matching_cases(%(as_of)s, %(before)s) AS m(id)
        JOIN case_facts(%(as_of)s) f USING (id)
        WHERE %(before)s::jsonb IS NOT NULL
        ORDER BY f.submitted_at DESC
        LIMIT %(newest)s
    ) f
    JOIN analyses a USING (submission_id)
    CROSS JOIN LATERAL (SELECT DISTINCT k->>'word' AS word FROM jsonb_array_elements(a.keywords) k) w
    WHERE w.word IN (SELECT words.word FROM words)
    GROUP BY w.word
)
SELECT words.word, words.value,
       CASE WHEN %(before)s::jsonb IS NOT NULL THEN coalesce(before.value, 0) END AS before
FROM words LEFT JOIN before USING (word)
ORDER BY words.value DESC, words.word
