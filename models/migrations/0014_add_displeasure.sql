-- That a matter is bad is not yet anger at who should mend it: lists and numbers tell the two apart.
ALTER TABLE analyses ADD COLUMN negative_aspects jsonb NOT NULL
    GENERATED ALWAYS AS (jsonb_path_query_array(aspects, '$[*] ? (@.sentiment == "negative").aspect')) STORED;

-- Beside the sentiment of the case, so that a number over a million cases need not read their analyses.
ALTER TABLE cases
    ADD COLUMN emotion emotion NOT NULL DEFAULT 'none',
    ADD COLUMN negative_aspects jsonb NOT NULL DEFAULT '[]';
UPDATE cases c SET emotion = a.emotion, negative_aspects = a.negative_aspects
FROM analyses a WHERE a.submission_id = c.submission_id AND (a.emotion <> 'none' OR a.negative_aspects <> '[]');

-- The one definition of displeasure: with whom do these negative aspects say that the writer is displeased?
CREATE FUNCTION displeased_with(negative_aspects jsonb, whom text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE whom
        WHEN 'authority' THEN negative_aspects ?| array['department', 'reply', 'policy']
        WHEN 'handling' THEN negative_aspects ?| array['department', 'reply']
        WHEN 'nobody' THEN NOT negative_aspects ?| array['department', 'reply', 'policy']
        ELSE negative_aspects ? whom END
$$;

DROP FUNCTION matching_cases(timestamptz, jsonb);
DROP FUNCTION case_facts(timestamptz);

CREATE FUNCTION case_facts(as_of timestamptz) RETURNS TABLE (
    id bigint, case_number text, submission_id bigint, channel channel, title text, status case_status,
    appeal_type appeal_type, topic_code text, region_code text, sentiment sentiment, urgency urgency,
    emotion emotion, negative_aspects jsonb,
    confidential boolean, lead_department_id text, submitted_at timestamptz, received_at timestamptz,
    dispatched_at timestamptz, acknowledged_at timestamptz, completed_at timestamptz, due_date date,
    due_at timestamptz, import_id bigint,
    is_open boolean, is_overdue boolean, is_completed boolean, is_due boolean, is_on_time boolean
)
LANGUAGE sql STABLE AS $$
    SELECT c.id, c.case_number, c.submission_id, c.channel, c.title, c.status,
           c.appeal_type, c.topic_code, c.region_code, c.sentiment, c.urgency,
           c.emotion, c.negative_aspects,
           c.confidential, c.lead_department_id, c.submitted_at, c.received_at,
           c.dispatched_at, c.acknowledged_at, c.completed_at, c.due_date,
           c.due_at, s.import_id,
           c.status IN ('triage', 'dispatched', 'in_progress'),
           -- overdue 超期: the due time has passed and the case is open
           c.status IN ('triage', 'dispatched', 'in_progress') AND c.due_at < as_of,
           c.status IN ('completed', 'closed'),
           -- 应办结: fell due by now (DOMAIN 2.1, formula 2: denominator by due date, open and overdue included)
           coalesce(c.due_at <= as_of, false),
           coalesce(c.due_at <= as_of AND c.completed_at <= c.due_at, false)
    -- LEFT: the same rows (foreign key), and the planner may leave the table out where import_id is not asked for
    FROM cases c LEFT JOIN submissions s ON s.id = c.submission_id
$$;

-- criteria: a JSON object; an absent key matches everything. topic and region include what lies below; "T03!" is exactly
-- T03, "none" is not known. Keys: status, state (open, overdue, completed, due,
-- on_time, not_on_time, awaiting_triage, dispatched, without_due_date), topic, department, region, channel, appeal_type,
-- sentiment, emotion, displeased_with (as the function above), urgency, submitted_from, submitted_to (local days,
-- inclusive), import_id, unit (a department id that has a current assignment, lead or co-handling), zone (the time zone
-- of the days), text (part of title or number).
CREATE FUNCTION matching_cases(as_of timestamptz, criteria jsonb) RETURNS SETOF bigint
LANGUAGE sql STABLE AS $$
    SELECT f.id FROM case_facts(as_of) f
    WHERE (criteria->>'status' IS NULL OR f.status::text = criteria->>'status')
      AND (criteria->>'state' IS NULL OR CASE criteria->>'state'
               WHEN 'open' THEN f.is_open
               WHEN 'overdue' THEN f.is_overdue
               WHEN 'completed' THEN f.is_completed
               WHEN 'due' THEN f.is_due
               WHEN 'on_time' THEN f.is_on_time
               WHEN 'not_on_time' THEN f.is_due AND NOT f.is_on_time
               WHEN 'awaiting_triage' THEN f.status = 'triage'
               WHEN 'dispatched' THEN f.dispatched_at IS NOT NULL
               WHEN 'without_due_date' THEN f.due_at IS NULL
               ELSE false END)
      AND (criteria->>'topic' IS NULL
           OR CASE WHEN criteria->>'topic' = 'none' THEN f.topic_code IS NULL
                   WHEN criteria->>'topic' LIKE '%!' THEN f.topic_code = rtrim(criteria->>'topic', '!')
                   ELSE starts_with(f.topic_code, criteria->>'topic') END)
      AND (criteria->>'department' IS NULL
           OR CASE WHEN criteria->>'department' = 'none' THEN f.lead_department_id IS NULL
                   ELSE f.lead_department_id = criteria->>'department' END)
      AND (criteria->>'region' IS NULL
           OR CASE WHEN criteria->>'region' = 'none' THEN f.region_code IS NULL
                   WHEN criteria->>'region' LIKE '%!' THEN f.region_code = rtrim(criteria->>'region', '!')
                   ELSE f.region_code IN (SELECT region_subtree(criteria->>'region')) END)
      AND (criteria->>'channel' IS NULL OR f.channel::text = criteria->>'channel')
      AND (criteria->>'appeal_type' IS NULL OR f.appeal_type::text = criteria->>'appeal_type')
      AND (criteria->>'sentiment' IS NULL OR f.sentiment::text = criteria->>'sentiment')
      AND (criteria->>'emotion' IS NULL OR f.emotion::text = criteria->>'emotion')
      AND (criteria->>'displeased_with' IS NULL OR displeased_with(f.negative_aspects, criteria->>'displeased_with'))
      AND (criteria->>'urgency' IS NULL OR f.urgency::text = criteria->>'urgency')
      AND (criteria->>'submitted_from' IS NULL OR f.submitted_at >=
           (criteria->>'submitted_from')::date::timestamp AT TIME ZONE (criteria->>'zone'))
      AND (criteria->>'submitted_to' IS NULL OR f.submitted_at <
           ((criteria->>'submitted_to')::date + 1)::timestamp AT TIME ZONE (criteria->>'zone'))
      AND (criteria->>'import_id' IS NULL OR f.import_id = (criteria->>'import_id')::bigint)
      AND (criteria->>'unit' IS NULL OR EXISTS (
           SELECT FROM assignments a
           WHERE a.case_id = f.id AND a.ended_at IS NULL AND a.department_id = criteria->>'unit'))
      AND (criteria->>'text' IS NULL OR strpos(lower(f.title), lower(criteria->>'text')) > 0
           OR f.case_number = criteria->>'text')
$$;
