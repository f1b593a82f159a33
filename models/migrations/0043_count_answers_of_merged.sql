-- Whoever wrote a letter that was merged into a case is called back like any other: what they say counts, once a person.
-- Numbers of cases go on counting the case that is worked on (docs/decisions/0012).

-- Whether no unit may know who wrote a letter, whatever reason it states: something of it is confidential, or the case that
-- answers for it is, or it was split and a part of it is a report. It is one writer, whichever part a unit has.
CREATE FUNCTION is_closed_letter(letter bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT coalesce(bool_or(c.confidential OR s.confidential OR coalesce(h.confidential, false))
                    OR count(*) > 1 AND bool_or(c.appeal_type = 'report'
                                                OR s.declared_appeal_type IS NOT DISTINCT FROM 'report'), false)
    FROM cases c JOIN submissions s ON s.id = c.submission_id LEFT JOIN cases h ON h.id = c.merged_into
    WHERE c.submission_id = letter
$$;

-- Whether a letter protects who wrote it: it is confidential, a report, or called one by its writer, or something of it is, or
-- the case that answers for it is confidential.
CREATE FUNCTION is_protected_letter(letter bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM submissions s
                   WHERE s.id = letter AND (s.confidential OR s.declared_appeal_type IS NOT DISTINCT FROM 'report'))
        OR EXISTS (SELECT FROM cases c LEFT JOIN cases h ON h.id = c.merged_into
                   WHERE c.submission_id = letter AND (c.confidential OR c.appeal_type = 'report' OR h.confidential))
$$;

-- What may be said of an issue where anybody may hear it, on a wall or in a file: the numbers without protected letters.
-- closed: there are any, or its topic is confidential. told: the topic is not, and the rest is still an issue by itself.
CREATE FUNCTION open_part(issue bigint)
RETURNS TABLE (closed boolean, told boolean, submissions bigint, persons bigint, analysed bigint, negative bigint)
LANGUAGE sql STABLE AS $$
    SELECT bool_or(o.hidden) OR coalesce(t.confidential, false),
           NOT coalesce(t.confidential, false) AND count(*) FILTER (WHERE NOT o.hidden) >= g.least_submissions
           AND count(DISTINCT coalesce(s.submitter_key, int8send(s.id))) FILTER (WHERE NOT o.hidden) >= g.least_persons,
           count(*) FILTER (WHERE NOT o.hidden),
           count(DISTINCT coalesce(s.submitter_key, int8send(s.id))) FILTER (WHERE NOT o.hidden),
           count(v.submission_id) FILTER (WHERE NOT o.hidden),
           count(*) FILTER (WHERE NOT o.hidden AND v.sentiment = 'negative')
    FROM issues i
    LEFT JOIN topics t ON t.code = i.topic_code
    JOIN issue_members m ON m.issue_id = i.id
    JOIN submissions s ON s.id = m.submission_id
    LEFT JOIN voices v ON v.submission_id = s.id
    CROSS JOIN LATERAL (SELECT is_protected_letter(s.id) AS hidden) o
    CROSS JOIN (SELECT least_submissions, least_persons FROM issue_settings ORDER BY id DESC LIMIT 1) g
    WHERE i.id = issue
    GROUP BY t.confidential, g.least_submissions, g.least_persons
$$;

-- matching_cases as it is, and:
-- counted `asked`: what counts, and what is merged into it: whose writers are asked. Not a part that was taken back into
-- its letter, which is one writer. The states of callbacks are of these wherever nothing else is asked for.
-- reworked: after what anybody said who wrote of the case.
-- person: what no unit may know of a letter is not found by it either.
DO $migration$
DECLARE
    definition text := pg_get_functiondef('matching_cases(timestamptz, jsonb)'::regprocedure);
    changed text;
BEGIN
    changed := replace(definition, $old$
              ELSE f.is_counted OR $old$, $new$
              WHEN 'asked' THEN f.is_counted OR f.merged_into IS NOT NULL AND f.merged_into IS DISTINCT FROM f.parent_id
              ELSE f.is_counted
                   OR coalesce(criteria->>'state', '') IN (
                       'callback_waiting', 'callback_unreachable', 'callback_refused', 'callback_valid',
                       'callback_solved', 'callback_satisfied', 'dissatisfied')
                   AND f.merged_into IS NOT NULL AND f.merged_into IS DISTINCT FROM f.parent_id
                   OR $new$);
    IF changed = definition THEN
        RAISE EXCEPTION 'matching_cases has no counting as this migration knows it';
    END IF;
    definition := changed;
    changed := replace(definition, $old$SELECT FROM case_callbacks b WHERE b.case_id = f.id AND b.decision = 'rework')$old$,
        $new$SELECT FROM case_callbacks b WHERE b.case_id = f.id AND b.decision = 'rework')
                   OR EXISTS (
                   SELECT FROM cases g JOIN case_callbacks b ON b.case_id = g.id AND b.decision = 'rework'
                   WHERE g.merged_into = f.id)$new$);
    IF changed = definition THEN
        RAISE EXCEPTION 'matching_cases has no rework as this migration knows it';
    END IF;
    definition := changed;
    changed := replace(definition, $old$p.department_id = f.lead_department_id AND NOT f.confidential)$old$,
        $new$p.department_id = f.lead_department_id AND NOT is_closed_letter(f.submission_id))$new$);
    IF changed = definition THEN
        RAISE EXCEPTION 'matching_cases has no person as this migration knows it';
    END IF;
    EXECUTE changed;
END
$migration$;
