-- Generated from models/migrations by `python -m tests.generate` on PostgreSQL 18. Not to be edited.

CREATE TYPE public.alert_action AS ENUM (
    'raise',
    'recur',
    'escalate',
    'acknowledge',
    'snooze',
    'wake'
);

CREATE TYPE public.alert_kind AS ENUM (
    'burst',
    'level',
    'three_in_three',
    'fast_lane'
);

CREATE TYPE public.appeal_type AS ENUM (
    'consult',
    'help',
    'complain',
    'report',
    'suggest',
    'praise',
    'other'
);

CREATE TYPE public.assignment_role AS ENUM (
    'lead',
    'co_handling'
);

CREATE TYPE public.attachment_kind AS ENUM (
    'jpeg',
    'png',
    'pdf',
    'docx',
    'xlsx'
);

CREATE TYPE public.burst_direction AS ENUM (
    'up',
    'down'
);

CREATE TYPE public.callback_decision AS ENUM (
    'rework',
    'settled'
);

CREATE TYPE public.callback_draw AS ENUM (
    'sample',
    'negative',
    'supervised',
    'reworked',
    'not_drawn'
);

CREATE TYPE public.callback_entry AS ENUM (
    'phone',
    'link',
    'page'
);

CREATE TYPE public.callback_state AS ENUM (
    'not_drawn',
    'waiting',
    'done',
    'unreachable',
    'refused',
    'cancelled'
);

CREATE TYPE public.case_action AS ENUM (
    'open',
    'dispatch',
    'redispatch',
    'acknowledge',
    'reply',
    'complete',
    'reopen',
    'close',
    'name_topic',
    'request_return',
    'accept_return',
    'refuse_return',
    'designate',
    'contact',
    'opinion',
    'request_extension',
    'grant_extension',
    'refuse_extension',
    'remind',
    'supervise',
    'answer_supervision',
    'note',
    'submit_reply',
    'approve_reply',
    'send_back_reply',
    'callback',
    'rework',
    'settle',
    'request_suspension',
    'grant_suspension',
    'refuse_suspension',
    'resume',
    'merge',
    'unmerge',
    'split',
    'unsplit',
    'reveal',
    'recalculate',
    'escalate',
    'attach',
    'detach',
    'publish',
    'unpublish',
    'withdraw_consent'
);

CREATE TYPE public.case_status AS ENUM (
    'triage',
    'dispatched',
    'in_progress',
    'completed',
    'closed'
);

CREATE TYPE public.channel AS ENUM (
    'letter',
    'hotline',
    'survey',
    'social'
);

CREATE TYPE public.classifier_part AS ENUM (
    'topic',
    'sentiment',
    'emotion'
);

CREATE TYPE public.classifier_state AS ENUM (
    'candidate',
    'shadow',
    'live',
    'retired',
    'rejected'
);

CREATE TYPE public.completion_result AS ENUM (
    'solved',
    'explained',
    'not_solvable'
);

CREATE TYPE public.delivery_kind AS ENUM (
    'email',
    'webhook'
);

CREATE TYPE public.delivery_state AS ENUM (
    'waiting',
    'sent',
    'failed'
);

CREATE TYPE public.dispatch_source AS ENUM (
    'model',
    'rule',
    'person'
);

CREATE TYPE public.draft_state AS ENUM (
    'draft',
    'in_review',
    'sent',
    'refused',
    'dropped'
);

CREATE TYPE public.early_sign AS ENUM (
    'growth',
    'negative_share',
    'channels',
    'repeat',
    'same_place',
    'fast_lane',
    'displeased',
    'together',
    'burst_size'
);

CREATE TYPE public.emotion AS ENUM (
    'none',
    'anger',
    'sadness',
    'fear',
    'joy',
    'surprise'
);

CREATE TYPE public.file_audience AS ENUM (
    'writer',
    'writers',
    'public'
);

CREATE TYPE public.integrity_rule AS ENUM (
    'quick_bulk',
    'without_contact',
    'same_reply',
    'late_clock',
    'came_back',
    'last_hour_return',
    'doubtful_answer',
    'taken_down'
);

CREATE TYPE public.issue_action AS ENUM (
    'merge',
    'split',
    'move',
    'rename',
    'pin',
    'unpin',
    'mute',
    'unmute',
    'accept',
    'reject',
    'undo'
);

CREATE TYPE public.label_source AS ENUM (
    'triage',
    'redispatch',
    'return',
    'review',
    'audit',
    'name_topic'
);

CREATE TYPE public.link_kind AS ENUM (
    'exact',
    'near',
    'same_person'
);

CREATE TYPE public.notification_kind AS ENUM (
    'dispatched',
    'due_changed',
    'suspended',
    'replied',
    'completed',
    'reopened',
    'unit_new',
    'unit_reminded',
    'unit_supervised',
    'unit_due',
    'city_due'
);

CREATE TYPE public.notification_medium AS ENUM (
    'sms',
    'email',
    'channel'
);

CREATE TYPE public.notification_state AS ENUM (
    'waiting',
    'sending',
    'sent',
    'failed',
    'dropped',
    'unclear'
);

CREATE TYPE public.proposal_kind AS ENUM (
    'merge',
    'split'
);

CREATE TYPE public.proposal_state AS ENUM (
    'open',
    'accepted',
    'rejected',
    'outdated'
);

CREATE TYPE public.report_kind AS ENUM (
    'daily',
    'weekly',
    'monthly',
    'issue'
);

CREATE TYPE public.report_state AS ENUM (
    'draft',
    'checked',
    'signed'
);

CREATE TYPE public.request_state AS ENUM (
    'requested',
    'accepted',
    'refused'
);

CREATE TYPE public.response_action AS ENUM (
    'open',
    'submit',
    'assess',
    'task',
    'report',
    'withdraw',
    'inform',
    'brief',
    'draft',
    'return',
    'sign',
    'publish',
    'close',
    'undo_close',
    'dismiss',
    'hand_over',
    'note',
    'withdraw_publication'
);

CREATE TYPE public.response_answer_state AS ENUM (
    'draft',
    'returned',
    'signed',
    'published'
);

CREATE TYPE public.response_clock_kind AS ENUM (
    'information',
    'conference',
    'response'
);

CREATE TYPE public.response_stage AS ENUM (
    'collect',
    'assess',
    'dispose',
    'respond',
    'review',
    'closed'
);

CREATE TYPE public.response_task_state AS ENUM (
    'open',
    'reported',
    'withdrawn'
);

CREATE TYPE public.return_reason AS ENUM (
    'not_our_duty',
    'other_region',
    'several_units',
    'duplicate',
    'too_little',
    'other'
);

CREATE TYPE public.reveal_reason AS ENUM (
    'contact',
    'visit',
    'deliver',
    'verify',
    'callback',
    'other'
);

CREATE TYPE public.review_need AS ENUM (
    'none',
    'public',
    'all'
);

CREATE TYPE public.risk_level AS ENUM (
    'blue',
    'yellow',
    'orange',
    'red'
);

CREATE TYPE public.role AS ENUM (
    'officer',
    'dispatcher',
    'supervisor',
    'leader',
    'administrator'
);

CREATE TYPE public.satisfaction AS ENUM (
    'very',
    'satisfied',
    'basically',
    'dissatisfied',
    'very_dissatisfied'
);

CREATE TYPE public.scope AS ENUM (
    'within',
    'no_matter',
    'elsewhere'
);

CREATE TYPE public.sentiment AS ENUM (
    'negative',
    'neutral',
    'positive'
);

CREATE TYPE public.solved_answer AS ENUM (
    'yes',
    'partly',
    'no'
);

CREATE TYPE public.submission_state AS ENUM (
    'pending',
    'processed'
);

CREATE TYPE public.supervision_level AS ENUM (
    'ordinary',
    'special',
    'listed'
);

CREATE TYPE public.supervision_trigger AS ENUM (
    'overdue',
    'refused',
    'repeated',
    'solvable',
    'effect',
    'other'
);

CREATE TYPE public.suspension_state AS ENUM (
    'requested',
    'running',
    'refused',
    'ended'
);

CREATE TYPE public.training_outcome AS ENUM (
    'requested',
    'running',
    'shadow',
    'rejected',
    'unchanged',
    'too_few',
    'failed',
    'interrupted'
);

CREATE TYPE public.unit_clock_kind AS ENUM (
    'acknowledge',
    'contact'
);

CREATE TYPE public.urgency AS ENUM (
    'normal',
    'elevated',
    'urgent',
    'critical'
);

CREATE TYPE public.webhook_format AS ENUM (
    'json',
    'wecom',
    'dingtalk',
    'feishu'
);

CREATE FUNCTION public.asked_cases(as_of timestamp with time zone, criteria jsonb) RETURNS TABLE(id bigint, department text, own boolean)
    LANGUAGE sql STABLE
    AS $$
    SELECT f.id, f.lead_department_id, true
    FROM matching_cases(as_of, '{"counted": "asked"}' || criteria) AS m(id) JOIN case_facts(as_of) f ON f.id = m.id
    UNION ALL
    SELECT b.case_id, b.department_id, false
    FROM case_callbacks b
    JOIN matching_cases(as_of, '{"counted": "asked"}' || (criteria - ARRAY['department', 'duty'])) AS m(id)
        ON m.id = b.case_id
    WHERE b.elsewhere AND is_answer_of(b.case_id, b.department_id, criteria)
$$;

CREATE FUNCTION public.case_facts(as_of timestamp with time zone) RETURNS TABLE(id bigint, case_number text, submission_id bigint, channel public.channel, title text, status public.case_status, appeal_type public.appeal_type, topic_code text, region_code text, sentiment public.sentiment, urgency public.urgency, emotion public.emotion, negative_aspects jsonb, confidential boolean, lead_department_id text, submitted_at timestamp with time zone, received_at timestamp with time zone, dispatched_at timestamp with time zone, acknowledged_at timestamp with time zone, completed_at timestamp with time zone, due_date date, due_at timestamp with time zone, import_id bigint, merged_into bigint, parent_id bigint, parts integer, is_counted boolean, is_open boolean, is_overdue boolean, is_completed boolean, is_due boolean, is_on_time boolean)
    LANGUAGE sql STABLE
    AS $$
    SELECT c.id, c.case_number, c.submission_id, c.channel, c.title, c.status,
           c.appeal_type, c.topic_code, c.region_code, c.sentiment, c.urgency,
           c.emotion, c.negative_aspects,
           c.confidential, c.lead_department_id, c.submitted_at, c.received_at,
           c.dispatched_at, c.acknowledged_at, c.completed_at, c.due_date,
           c.due_at, s.import_id, c.merged_into, c.parent_id, c.parts,
           c.merged_into IS NULL AND c.parts = 0,
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

CREATE FUNCTION public.county_of(region text) RETURNS text
    LANGUAGE sql STABLE
    AS $$
    WITH RECURSIVE above AS (
        SELECT r.code, r.level, r.parent_code FROM regions r WHERE r.code = region
        UNION
        SELECT r.code, r.level, r.parent_code FROM regions r JOIN above a ON r.code = a.parent_code
    )
    SELECT coalesce((SELECT above.code FROM above WHERE above.level IN ('county', 'functional') LIMIT 1), '')
$$;

CREATE FUNCTION public.displeased_with(negative_aspects jsonb, whom text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT CASE whom
        WHEN 'authority' THEN negative_aspects ?| array['department', 'reply', 'policy']
        WHEN 'handling' THEN negative_aspects ?| array['department', 'reply']
        WHEN 'nobody' THEN NOT negative_aspects ?| array['department', 'reply', 'policy']
        ELSE negative_aspects ? whom END
$$;

CREATE FUNCTION public.fading(age interval, half_life_days double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT power(0.5::double precision,
                 least(greatest(extract(epoch FROM age)::double precision / (86400 * half_life_days), 0), 1000))
$$;

CREATE FUNCTION public.has_consent(letter bigint) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    SELECT EXISTS (SELECT FROM submissions s WHERE s.id = letter AND s.publish_consent)
       AND NOT EXISTS (SELECT FROM consent_withdrawals w WHERE w.submission_id = letter)
$$;

CREATE FUNCTION public.has_phrases(said text, phrases jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
        SELECT phrases IS NULL OR NOT EXISTS (
            SELECT FROM jsonb_array_elements_text(phrases) p WHERE strpos(lower(said), p) = 0)
    $$;

CREATE FUNCTION public.is_answer_of(answered bigint, department text, criteria jsonb) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    SELECT (criteria->>'department' IS NULL OR department = criteria->>'department')
       AND (criteria->>'duty' IS NULL OR department IN (SELECT u.id FROM departments u WHERE u.duty = criteria->>'duty'))
       AND (criteria->>'unit' IS NULL OR EXISTS (
            SELECT FROM assignments a
            WHERE a.case_id = answered AND a.department_id = department AND a.ended_at IS NULL))
$$;

CREATE FUNCTION public.is_closed_letter(letter bigint) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    SELECT coalesce(bool_or(c.confidential OR s.confidential OR coalesce(h.confidential, false))
                    OR count(*) > 1 AND bool_or(c.appeal_type = 'report'
                                                OR s.declared_appeal_type IS NOT DISTINCT FROM 'report'), false)
    FROM cases c JOIN submissions s ON s.id = c.submission_id LEFT JOIN cases h ON h.id = c.merged_into
    WHERE c.submission_id = letter
$$;

CREATE FUNCTION public.is_protected_letter(letter bigint) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    SELECT EXISTS (SELECT FROM submissions s
                   WHERE s.id = letter AND (s.confidential OR s.declared_appeal_type IS NOT DISTINCT FROM 'report'))
        OR EXISTS (SELECT FROM cases c LEFT JOIN cases h ON h.id = c.merged_into
                   WHERE c.submission_id = letter AND (c.confidential OR c.appeal_type = 'report' OR h.confidential))
$$;

CREATE FUNCTION public.issue_heat(as_of timestamp with time zone) RETURNS TABLE(issue_id bigint, persons_part double precision, votes_part double precision, rate_part double precision)
    LANGUAGE sql STABLE
    AS $$
    SELECT i.id, s.persons_weight * ln(1 + faded.share * i.live_persons), s.votes_weight * ln(1 + faded.share * i.live_votes),
           s.rate_weight * ln(1 + faded.share * i.live_submissions)
    FROM issues i
    CROSS JOIN (SELECT * FROM issue_settings ORDER BY id DESC LIMIT 1) s
    CROSS JOIN LATERAL (SELECT fading(as_of - i.last_at, s.half_life_days) AS share) faded
$$;

CREATE FUNCTION public.keep_signed_reports() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF OLD.state = 'signed' THEN
        RAISE EXCEPTION 'a signed report does not change';
    END IF;
    IF NEW.content IS DISTINCT FROM OLD.content OR NEW.digest <> OLD.digest OR NEW.as_of <> OLD.as_of THEN
        RAISE EXCEPTION 'what a report says does not change';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION public.lead_at(asked bigint, moment timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE
    AS $$
    SELECT department_id FROM assignments
    WHERE case_id = asked AND role = 'lead' AND assigned_at <= moment AND (ended_at IS NULL OR ended_at > moment)
    ORDER BY assigned_at DESC, id DESC LIMIT 1
$$;

CREATE FUNCTION public.leave_answer() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE case_callbacks SET elsewhere = department_id IS DISTINCT FROM NEW.lead_department_id
    WHERE case_id = NEW.id AND stands AND elsewhere <> (department_id IS DISTINCT FROM NEW.lead_department_id);
    RETURN NULL;
END
$$;

CREATE FUNCTION public.matching_cases(as_of timestamp with time zone, criteria jsonb) RETURNS SETOF bigint
    LANGUAGE sql STABLE
    AS $$
    SELECT f.id FROM case_facts(as_of) f
    WHERE CASE criteria->>'counted'
              WHEN 'all' THEN true
              WHEN 'merged' THEN f.merged_into IS NOT NULL AND f.parent_id IS NULL
              WHEN 'split' THEN f.parts > 0
              WHEN 'parts' THEN f.parent_id IS NOT NULL AND f.merged_into IS NULL
              WHEN 'asked' THEN f.is_counted OR f.merged_into IS NOT NULL AND f.merged_into IS DISTINCT FROM f.parent_id
                   OR f.parts > 0 AND EXISTS (SELECT FROM case_callbacks b WHERE b.case_id = f.id AND b.stands)
              ELSE f.is_counted
                   OR coalesce(criteria->>'state', '') IN (
                       'callback_waiting', 'callback_unreachable', 'callback_refused', 'callback_valid',
                       'callback_solved', 'callback_satisfied', 'dissatisfied')
                   AND (f.merged_into IS NOT NULL AND f.merged_into IS DISTINCT FROM f.parent_id
                        OR f.parts > 0 AND EXISTS (
                            SELECT FROM case_callbacks b WHERE b.case_id = f.id AND b.stands))
                   OR f.case_number = coalesce(criteria->>'number', criteria->>'text') END
      AND (criteria->>'status' IS NULL OR f.status = (criteria->>'status')::case_status)
      AND (criteria->>'state' IS NULL OR CASE criteria->>'state'
               WHEN 'open' THEN f.is_open
               WHEN 'overdue' THEN f.is_overdue
               WHEN 'completed' THEN f.is_completed
               WHEN 'due' THEN f.is_due
               WHEN 'on_time' THEN f.is_on_time
               WHEN 'not_on_time' THEN f.is_due AND NOT f.is_on_time
               WHEN 'in_time' THEN f.is_open AND NOT coalesce(f.is_overdue, false) AND NOT EXISTS (
                   SELECT FROM case_suspensions p WHERE p.case_id = f.id AND p.state = 'running')
               WHEN 'first_dispatched' THEN EXISTS (SELECT FROM first_dispatches d WHERE d.case_id = f.id)
               WHEN 'first_right' THEN EXISTS (
                   SELECT FROM first_dispatches d WHERE d.case_id = f.id AND d.given_on_at IS NULL)
               WHEN 'return_asked' THEN EXISTS (SELECT FROM case_returns r WHERE r.case_id = f.id)
               WHEN 'return_accepted' THEN EXISTS (
                   SELECT FROM case_returns r WHERE r.case_id = f.id AND r.state = 'accepted')
               WHEN 'return_refused' THEN EXISTS (
                   SELECT FROM case_returns r WHERE r.case_id = f.id AND r.state = 'refused')
               WHEN 'sign_in_due' THEN EXISTS (SELECT FROM sign_ins(as_of) g WHERE g.case_id = f.id)
               WHEN 'signed_in_on_time' THEN EXISTS (
                   SELECT FROM sign_ins(as_of) g WHERE g.case_id = f.id AND g.in_time)
               WHEN 'awaiting_triage' THEN f.status = 'triage'
               WHEN 'dispatched' THEN f.dispatched_at IS NOT NULL
               WHEN 'without_due_date' THEN f.due_at IS NULL
               WHEN 'suspended' THEN EXISTS (
                   SELECT FROM case_suspensions s WHERE s.case_id = f.id AND s.state = 'running')
               WHEN 'finished' THEN f.is_completed OR EXISTS (
                   SELECT FROM case_callbacks b WHERE b.case_id = f.id)
               WHEN 'reworked' THEN EXISTS (
                   SELECT FROM case_callbacks b WHERE b.case_id = f.id AND b.decision = 'rework')
                   OR EXISTS (
                   SELECT FROM cases g JOIN case_callbacks b ON b.case_id = g.id AND b.decision = 'rework'
                   WHERE g.merged_into = f.id)
               WHEN 'callback_waiting' THEN EXISTS (
                   SELECT FROM case_callbacks b WHERE b.case_id = f.id AND b.current AND b.state = 'waiting')
               WHEN 'callback_unreachable' THEN EXISTS (
                   SELECT FROM case_callbacks b WHERE b.case_id = f.id AND b.current AND b.state = 'unreachable'
                     AND b.department_id = f.lead_department_id)
               WHEN 'callback_refused' THEN EXISTS (
                   SELECT FROM case_callbacks b WHERE b.case_id = f.id AND b.current AND b.state = 'refused'
                     AND b.department_id = f.lead_department_id)
               WHEN 'callback_valid' THEN EXISTS (
                   SELECT FROM case_callbacks b
                   WHERE b.case_id = f.id AND b.stands AND is_answer_of(b.case_id, b.department_id, criteria))
               WHEN 'callback_solved' THEN EXISTS (
                   SELECT FROM case_callbacks b
                   WHERE b.case_id = f.id AND b.stands AND is_answer_of(b.case_id, b.department_id, criteria)
                     AND b.solved = 'yes'
                     AND NOT EXISTS (SELECT FROM returned_matters m
                                     WHERE m.case_id = b.case_id AND m.completed_at >= b.completed_at))
               WHEN 'callback_satisfied' THEN EXISTS (
                   SELECT FROM case_callbacks b JOIN callback_rules r ON r.id = b.rule_id
                   WHERE b.case_id = f.id AND b.stands AND is_answer_of(b.case_id, b.department_id, criteria)
                     AND (b.satisfaction IN ('very', 'satisfied')
                          OR b.satisfaction = 'basically' AND r.basically_counts))
               WHEN 'dissatisfied' THEN EXISTS (
                   SELECT FROM case_callbacks b
                   WHERE b.case_id = f.id AND b.current AND b.state = 'done' AND b.decision IS NULL
                     AND (b.solved <> 'yes' OR b.satisfaction IN ('dissatisfied', 'very_dissatisfied')))
               WHEN 'response_due' THEN coalesce((
                   SELECT bool_and(u.met_at IS NOT NULL) OR bool_or(coalesce(u.met_at, as_of) > u.due_at)
                   FROM unit_clocks u
                   WHERE u.case_id = f.id AND u.department_id = f.lead_department_id
                     AND (u.met_at IS NOT NULL OR u.ended_at IS NULL OR u.ended_at > u.due_at)), false)
               WHEN 'responded' THEN coalesce((
                   SELECT bool_and(coalesce(u.met_at <= u.due_at, false))
                   FROM unit_clocks u
                   WHERE u.case_id = f.id AND u.department_id = f.lead_department_id
                     AND (u.met_at IS NOT NULL OR u.ended_at IS NULL OR u.ended_at > u.due_at)), false)
               ELSE false END)
      AND (criteria->>'topic' IS NULL
           OR CASE WHEN criteria->>'topic' = 'none' THEN f.topic_code IS NULL
                   WHEN criteria->>'topic' LIKE '%!' THEN f.topic_code = rtrim(criteria->>'topic', '!')
                   ELSE f.topic_code COLLATE "C" >= criteria->>'topic' AND starts_with(f.topic_code, criteria->>'topic')
                        AND f.topic_code COLLATE "C" < (criteria->>'topic') || '~' END)
      AND (criteria->>'topics' IS NULL
           OR f.topic_code COLLATE "C" = ANY (string_to_array(criteria->>'topics', ' ')))
      AND (criteria->>'only_topic' IS NULL OR f.topic_code COLLATE "C" = criteria->>'only_topic')
      AND (criteria->>'regions' IS NULL OR f.region_code = ANY (string_to_array(criteria->>'regions', ' ')))
      AND (criteria->>'department' IS NULL
           OR coalesce(criteria->>'state', '') IN ('callback_valid', 'callback_solved', 'callback_satisfied')
           OR CASE WHEN criteria->>'department' = 'none' THEN f.lead_department_id IS NULL
                   ELSE f.lead_department_id = criteria->>'department' END)
      AND (criteria->>'region' IS NULL
           OR CASE WHEN criteria->>'region' = 'none' THEN f.region_code IS NULL
                   WHEN criteria->>'region' LIKE '%!' THEN f.region_code = rtrim(criteria->>'region', '!')
                   ELSE f.region_code = ANY (ARRAY(SELECT region_subtree(criteria->>'region'))) END)
      AND (criteria->>'due_from' IS NULL OR f.due_date >= (criteria->>'due_from')::date)
      AND (criteria->>'due_to' IS NULL OR f.due_date <= (criteria->>'due_to')::date)
      AND (criteria->>'dispatch_source' IS NULL OR EXISTS (
           SELECT FROM first_dispatches d
           WHERE d.case_id = f.id AND d.source::text = criteria->>'dispatch_source'))
      AND (criteria->>'duty' IS NULL
           OR coalesce(criteria->>'state', '') IN ('callback_valid', 'callback_solved', 'callback_satisfied')
           OR CASE WHEN criteria->>'duty' = 'none' THEN f.lead_department_id IS NULL
                   ELSE f.lead_department_id = ANY (ARRAY(
                       SELECT u.id FROM departments u WHERE u.duty = criteria->>'duty')) END)
      AND (criteria->>'first_unit' IS NULL OR EXISTS (
           SELECT FROM first_dispatches d
           WHERE d.case_id = f.id AND d.department_id = criteria->>'first_unit'))
      AND (criteria->>'given_on' IS NULL OR EXISTS (
           SELECT FROM first_dispatches d
           WHERE d.case_id = f.id AND (d.given_on_at IS NOT NULL OR f.lead_department_id IS NULL)
             AND (criteria->>'given_on' = 'returned') = EXISTS (
                 SELECT FROM case_returns r WHERE r.case_id = f.id AND r.state = 'accepted')))
      AND (criteria->>'lasted_from' IS NULL
           OR greatest(CASE WHEN f.is_completed THEN coalesce(f.completed_at, as_of) ELSE as_of END, f.submitted_at)
              >= f.submitted_at + make_interval(hours => 24 * (criteria->>'lasted_from')::integer))
      AND (criteria->>'lasted_to' IS NULL
           OR CASE WHEN f.is_completed THEN coalesce(f.completed_at, as_of) ELSE as_of END
              < f.submitted_at + make_interval(hours => 24 * ((criteria->>'lasted_to')::integer + 1)))
      AND (criteria->>'channel' IS NULL OR f.channel::text = criteria->>'channel')
      AND (criteria->>'appeal_type' IS NULL OR f.appeal_type::text = criteria->>'appeal_type')
      AND (criteria->>'sentiment' IS NULL OR f.sentiment::text = criteria->>'sentiment')
      AND (criteria->>'emotion' IS NULL OR f.emotion::text = criteria->>'emotion')
      AND (criteria->>'displeased_with' IS NULL OR displeased_with(f.negative_aspects, criteria->>'displeased_with'))
      AND (criteria->>'urgency' IS NULL OR f.urgency = (criteria->>'urgency')::urgency)
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
      AND (criteria->>'words' IS NULL OR EXISTS (
           SELECT FROM case_search x
           WHERE x.case_id = f.id AND x.words @@ (criteria->>'words')::tsquery
             AND has_phrases(x.text, criteria->'phrases')))
      AND (criteria->>'number' IS NULL OR f.case_number LIKE (criteria->>'number') || '%')
      AND (criteria->>'person' IS NULL OR EXISTS (
           SELECT FROM person_searches p JOIN submissions written ON written.submitter_key = p.submitter_key
           WHERE p.id = (criteria->>'person')::bigint AND written.id = f.submission_id
             AND (p.department_id IS NULL OR p.department_id = f.lead_department_id AND NOT is_closed_letter(f.submission_id))))
      AND (criteria->>'issue_id' IS NULL OR EXISTS (
           SELECT FROM issue_members m
           WHERE m.submission_id = f.submission_id AND m.issue_id = (criteria->>'issue_id')::bigint))
      AND (criteria->>'alert_id' IS NULL OR EXISTS (
           SELECT FROM alert_submissions l
           WHERE l.submission_id = f.submission_id AND l.alert_id = (criteria->>'alert_id')::bigint))
$$;

CREATE FUNCTION public.note_dispatches() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM new_events
                   WHERE action IN ('open', 'dispatch', 'redispatch', 'accept_return', 'designate')) THEN
        RETURN NULL;
    END IF;
    INSERT INTO first_dispatches (case_id, department_id, source, at)
    SELECT e.case_id, e.payload->>'lead',
           CASE WHEN e.actor LIKE 'account:%' OR e.payload->>'rule_id' IS NULL THEN 'person'
                WHEN r.topic_code IS NULL THEN 'rule' ELSE 'model' END::dispatch_source, e.at
    FROM new_events e LEFT JOIN dispatch_rules r ON r.id = (e.payload->>'rule_id')::bigint
    WHERE e.action = 'dispatch'
    ON CONFLICT (case_id) DO NOTHING;
    UPDATE first_dispatches f SET given_on_at = e.at
    FROM new_events e
    WHERE e.case_id = f.case_id AND f.given_on_at IS NULL AND e.payload->>'lead' <> f.department_id
      AND e.action IN ('redispatch', 'accept_return', 'designate');
    INSERT INTO case_arrivals (department_id, cases)
    SELECT came.lead, count(*)
    FROM (SELECT e.payload->>'lead' AS lead FROM new_events e
          WHERE e.action IN ('dispatch', 'redispatch', 'accept_return', 'designate')
            AND e.payload->>'lead' IS DISTINCT FROM e.payload->>'previous_lead'
          UNION ALL
          SELECT NULL FROM new_events o
          WHERE o.action = 'open' AND NOT EXISTS (
              SELECT FROM new_events d WHERE d.case_id = o.case_id AND d.action = 'dispatch')) came
    GROUP BY came.lead;
    IF FOUND THEN
        PERFORM pg_notify('wenzheng_cases', '');
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION public.note_stale_analyses() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO stale_facts SELECT 's', n.submission_id FROM changed n;
    RETURN NULL;
END
$$;

CREATE FUNCTION public.note_stale_case_of_row() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO stale_facts SELECT DISTINCT 'c'::"char", n.case_id FROM changed n;
    RETURN NULL;
END
$$;

CREATE FUNCTION public.note_stale_cases() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO stale_facts SELECT 'c', n.id FROM changed n;
    RETURN NULL;
END
$$;

CREATE FUNCTION public.note_stale_hour_of_case() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO stale_hours VALUES (date_trunc('hour', NEW.submitted_at));
    RETURN NULL;
END
$$;

CREATE FUNCTION public.note_stale_hours() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO stale_hours
        SELECT DISTINCT date_trunc('hour', s.submitted_at) FROM added a JOIN submissions s ON s.id = a.submission_id;
    RETURN NULL;
END
$$;

CREATE FUNCTION public.note_stale_submissions() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO stale_facts SELECT 's', n.id FROM changed n;
    RETURN NULL;
END
$$;

CREATE FUNCTION public.open_part(issue bigint) RETURNS TABLE(closed boolean, told boolean, submissions bigint, persons bigint, analysed bigint, negative bigint)
    LANGUAGE sql STABLE
    AS $$
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

CREATE FUNCTION public.queue_notifications() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO notification_queue (event_id)
    SELECT e.id FROM written e
    WHERE e.action::text IN ('dispatch', 'redispatch', 'accept_return', 'designate', 'grant_extension', 'recalculate',
        'grant_suspension', 'reply', 'complete', 'reopen', 'rework', 'remind', 'supervise', 'escalate');
    RETURN NULL;
END
$$;

CREATE FUNCTION public.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION public.region_subtree(root text) RETURNS TABLE(code text)
    LANGUAGE sql STABLE
    AS $$
    WITH RECURSIVE below AS (
        SELECT r.code FROM regions r WHERE r.code = root
        UNION
        SELECT r.code FROM regions r JOIN below b ON r.parent_code = b.code
    )
    SELECT below.code FROM below
$$;

CREATE FUNCTION public.sign_ins(as_of timestamp with time zone) RETURNS TABLE(case_id bigint, in_time boolean)
    LANGUAGE sql STABLE
    AS $$
    SELECT u.case_id, bool_and(u.met_at IS NOT NULL AND u.met_at <= u.due_at) FROM unit_clocks u
    WHERE u.kind = 'acknowledge' AND u.due_at <= as_of
      -- taken from the unit before it ran out: nobody's fault
      AND (u.ended_at IS NULL OR u.ended_at > u.due_at)
    GROUP BY u.case_id
$$;

CREATE TABLE public.accounts (
    id bigint NOT NULL,
    username text NOT NULL,
    display_name text NOT NULL,
    password_hash text NOT NULL,
    role public.role NOT NULL,
    department_id text,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT accounts_username_check CHECK (((username = lower(username)) AND (username <> ''::text))),
    CONSTRAINT officer_has_department CHECK (((role <> 'officer'::public.role) OR (department_id IS NOT NULL)))
);

ALTER TABLE public.accounts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.accounts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.administration_events (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    payload jsonb NOT NULL
);

ALTER TABLE public.administration_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.administration_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.alert_channels (
    id bigint NOT NULL,
    kind public.delivery_kind NOT NULL,
    name text NOT NULL,
    format public.webhook_format,
    shown text NOT NULL,
    sealed bytea NOT NULL,
    least_severity public.risk_level NOT NULL,
    department_id text,
    allow_private boolean DEFAULT false NOT NULL,
    active boolean DEFAULT true NOT NULL,
    case_notices boolean DEFAULT false NOT NULL,
    CONSTRAINT alert_channels_check CHECK (((kind = 'webhook'::public.delivery_kind) = (format IS NOT NULL)))
);

ALTER TABLE public.alert_channels ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.alert_channels_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.alert_deliveries (
    id bigint NOT NULL,
    event_id bigint NOT NULL,
    channel_id bigint NOT NULL,
    state public.delivery_state DEFAULT 'waiting'::public.delivery_state NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    problem text DEFAULT ''::text NOT NULL
);

ALTER TABLE public.alert_deliveries ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.alert_deliveries_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.alert_events (
    id bigint NOT NULL,
    alert_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    action public.alert_action NOT NULL,
    severity public.risk_level NOT NULL,
    quiet boolean NOT NULL,
    payload jsonb DEFAULT '{}'::jsonb NOT NULL
);

ALTER TABLE public.alert_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.alert_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.alert_settings (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    refractory_hours integer NOT NULL,
    quiet_from time without time zone NOT NULL,
    quiet_to time without time zone NOT NULL,
    least_persons integer NOT NULL,
    false_alarms double precision NOT NULL,
    alert_from public.risk_level NOT NULL,
    three_cases integer NOT NULL,
    three_days integer NOT NULL,
    CONSTRAINT alert_settings_false_alarms_check CHECK ((false_alarms > (0)::double precision)),
    CONSTRAINT alert_settings_least_persons_check CHECK ((least_persons >= 1)),
    CONSTRAINT alert_settings_refractory_hours_check CHECK (((refractory_hours >= 1) AND (refractory_hours <= 720))),
    CONSTRAINT alert_settings_three_cases_check CHECK ((three_cases >= 2)),
    CONSTRAINT alert_settings_three_days_check CHECK ((three_days >= 1))
);

ALTER TABLE public.alert_settings ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.alert_settings_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.alert_submissions (
    alert_id bigint NOT NULL,
    submission_id bigint NOT NULL
);

CREATE TABLE public.alerts (
    id bigint NOT NULL,
    kind public.alert_kind NOT NULL,
    key text NOT NULL,
    severity public.risk_level NOT NULL,
    title text NOT NULL,
    sentence text NOT NULL,
    topic_code text,
    region_code text,
    issue_id bigint,
    burst_id bigint,
    raised_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    occurrences integer DEFAULT 1 NOT NULL,
    acknowledged_by text,
    acknowledged_at timestamp with time zone,
    snoozed_by text,
    snoozed_until timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT alerts_check CHECK (((acknowledged_by IS NULL) = (acknowledged_at IS NULL))),
    CONSTRAINT alerts_check1 CHECK (((snoozed_by IS NULL) = (snoozed_until IS NULL))),
    CONSTRAINT alerts_occurrences_check CHECK ((occurrences > 0))
);

ALTER TABLE public.alerts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.alerts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.amber_thresholds (
    profile text NOT NULL,
    clock text NOT NULL,
    hours integer NOT NULL,
    CONSTRAINT amber_thresholds_clock_check CHECK ((clock = ANY (ARRAY['complete'::text, 'acknowledge'::text, 'contact'::text]))),
    CONSTRAINT amber_thresholds_hours_check CHECK (((hours >= 0) AND (hours <= 720)))
);

CREATE TABLE public.analyses (
    submission_id bigint NOT NULL,
    topic_code text,
    topic_confidence double precision NOT NULL,
    suggestions jsonb NOT NULL,
    appeal_type public.appeal_type NOT NULL,
    appeal_confidence double precision NOT NULL,
    sentiment public.sentiment NOT NULL,
    sentiment_confidence double precision NOT NULL,
    urgency public.urgency NOT NULL,
    urgency_confidence double precision NOT NULL,
    detector_hits jsonb NOT NULL,
    region_code text,
    region_confidence double precision NOT NULL,
    place_text text NOT NULL,
    keywords jsonb NOT NULL,
    organisations text[] NOT NULL,
    versions jsonb NOT NULL,
    analysed_at timestamp with time zone NOT NULL,
    neighbours jsonb DEFAULT '[]'::jsonb NOT NULL,
    topic_version text GENERATED ALWAYS AS (COALESCE((versions ->> 'topic'::text), ''::text)) STORED,
    scope public.scope DEFAULT 'within'::public.scope NOT NULL,
    sentiment_score double precision DEFAULT 0 NOT NULL,
    emotion public.emotion DEFAULT 'none'::public.emotion NOT NULL,
    emotion_confidence double precision DEFAULT 0 NOT NULL,
    aspects jsonb DEFAULT '[]'::jsonb NOT NULL,
    places jsonb DEFAULT '[]'::jsonb NOT NULL,
    times jsonb DEFAULT '[]'::jsonb NOT NULL,
    organisation_mentions jsonb DEFAULT '[]'::jsonb NOT NULL,
    matters jsonb DEFAULT '[]'::jsonb NOT NULL,
    summary jsonb DEFAULT '[]'::jsonb NOT NULL,
    elements jsonb DEFAULT '[]'::jsonb NOT NULL,
    negative_aspects jsonb GENERATED ALWAYS AS (jsonb_path_query_array(aspects, '$[*]?(@."sentiment" == "negative")."aspect"'::jsonpath)) STORED NOT NULL
);

CREATE TABLE public.assignments (
    id bigint NOT NULL,
    case_id bigint NOT NULL,
    department_id text NOT NULL,
    role public.assignment_role NOT NULL,
    assigned_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    designated boolean DEFAULT false NOT NULL
);

ALTER TABLE public.assignments ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.assignments_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.attachment_contents (
    attachment_id bigint NOT NULL,
    content bytea NOT NULL,
    thumbnail bytea
);
ALTER TABLE ONLY public.attachment_contents ALTER COLUMN content SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.attachment_contents ALTER COLUMN thumbnail SET STORAGE EXTERNAL;

CREATE TABLE public.attachment_removals (
    attachment_id bigint NOT NULL,
    reason text NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    CONSTRAINT attachment_removals_reason_check CHECK ((reason <> ''::text))
);

CREATE TABLE public.attachments (
    id bigint NOT NULL,
    submission_id bigint NOT NULL,
    case_id bigint,
    department_id text,
    name text NOT NULL,
    kind public.attachment_kind NOT NULL,
    size integer NOT NULL,
    width integer,
    height integer,
    received_sha256 bytea NOT NULL,
    sha256 bytea NOT NULL,
    for_submitter boolean NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    CONSTRAINT attachments_check CHECK (((width IS NULL) = (height IS NULL))),
    CONSTRAINT attachments_check1 CHECK (((width IS NULL) = (kind <> ALL (ARRAY['jpeg'::public.attachment_kind, 'png'::public.attachment_kind])))),
    CONSTRAINT attachments_check2 CHECK (((case_id IS NOT NULL) OR ((department_id IS NULL) AND (NOT for_submitter)))),
    CONSTRAINT attachments_name_check CHECK ((name <> ''::text)),
    CONSTRAINT attachments_received_sha256_check CHECK ((octet_length(received_sha256) = 32)),
    CONSTRAINT attachments_sha256_check CHECK ((octet_length(sha256) = 32)),
    CONSTRAINT attachments_size_check CHECK (((size >= 1) AND (size <= 10485760)))
);

ALTER TABLE public.attachments ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.attachments_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_samples (
    submission_id bigint NOT NULL,
    probability double precision NOT NULL,
    drawn_at timestamp with time zone NOT NULL,
    CONSTRAINT audit_samples_probability_check CHECK (((probability > (0)::double precision) AND (probability <= (1)::double precision)))
);

CREATE TABLE public.bursts (
    id bigint NOT NULL,
    topic_code text DEFAULT ''::text NOT NULL,
    region_code text DEFAULT ''::text NOT NULL,
    issue_id bigint,
    direction public.burst_direction NOT NULL,
    count integer NOT NULL,
    expected double precision NOT NULL,
    size double precision GENERATED ALWAYS AS (((count)::double precision - expected)) STORED,
    low double precision NOT NULL,
    high double precision NOT NULL,
    p double precision NOT NULL,
    a_month double precision NOT NULL,
    since timestamp with time zone NOT NULL,
    found timestamp with time zone NOT NULL,
    submissions integer NOT NULL,
    copies integer NOT NULL,
    most_by_one integer NOT NULL,
    independent integer NOT NULL,
    changed text NOT NULL,
    coordinated text DEFAULT ''::text NOT NULL
);

ALTER TABLE public.bursts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.bursts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.calendar_changes (
    id bigint NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    changed_by text NOT NULL,
    reason text NOT NULL,
    days jsonb NOT NULL,
    recalculated_at timestamp with time zone,
    moved integer DEFAULT 0 NOT NULL,
    kept integer DEFAULT 0 NOT NULL,
    CONSTRAINT calendar_changes_reason_check CHECK ((reason <> ''::text))
);

ALTER TABLE public.calendar_changes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.calendar_changes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.calendar_days (
    day date NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    confidence text DEFAULT 'high'::text NOT NULL,
    source text DEFAULT ''::text NOT NULL,
    region_code text,
    CONSTRAINT calendar_days_kind_check CHECK ((kind = ANY (ARRAY['holiday'::text, 'workday'::text, 'statutory_provisional'::text])))
);

CREATE TABLE public.callback_rules (
    id bigint NOT NULL,
    profile text NOT NULL,
    version integer NOT NULL,
    share double precision NOT NULL,
    shares jsonb DEFAULT '{}'::jsonb NOT NULL,
    always public.callback_draw[] NOT NULL,
    clock_days integer NOT NULL,
    window_days integer NOT NULL,
    archive_days integer NOT NULL,
    attempts integer NOT NULL,
    basically_counts boolean NOT NULL,
    seed bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by text NOT NULL,
    CONSTRAINT callback_rules_archive_days_check CHECK ((archive_days > 0)),
    CONSTRAINT callback_rules_attempts_check CHECK ((attempts > 0)),
    CONSTRAINT callback_rules_clock_days_check CHECK ((clock_days > 0)),
    CONSTRAINT callback_rules_share_check CHECK (((share >= (0)::double precision) AND (share <= (1)::double precision))),
    CONSTRAINT callback_rules_version_check CHECK ((version > 0)),
    CONSTRAINT callback_rules_window_days_check CHECK ((window_days > 0))
);

ALTER TABLE public.callback_rules ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.callback_rules_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.case_arrivals (
    id bigint NOT NULL,
    txid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    department_id text,
    cases integer NOT NULL
);

ALTER TABLE public.case_arrivals ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.case_arrivals_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.case_callbacks (
    id bigint NOT NULL,
    case_id bigint NOT NULL,
    round integer NOT NULL,
    current boolean DEFAULT true NOT NULL,
    rule_id bigint NOT NULL,
    draw public.callback_draw NOT NULL,
    department_id text NOT NULL,
    completed_at timestamp with time zone NOT NULL,
    state public.callback_state NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_at timestamp with time zone,
    taken_by text,
    taken_until timestamp with time zone,
    entry public.callback_entry,
    solved public.solved_answer,
    satisfaction public.satisfaction,
    attitude public.satisfaction,
    note text DEFAULT ''::text NOT NULL,
    answered_at timestamp with time zone,
    answered_by text,
    decision public.callback_decision,
    decision_note text DEFAULT ''::text NOT NULL,
    decided_at timestamp with time zone,
    decided_by text,
    clock_renewed boolean DEFAULT false NOT NULL,
    stands boolean DEFAULT false NOT NULL,
    elsewhere boolean DEFAULT false NOT NULL,
    CONSTRAINT answered_whole CHECK (((state = 'done'::public.callback_state) = ((solved IS NOT NULL) AND (satisfaction IS NOT NULL)))),
    CONSTRAINT drawn_answer_stands CHECK (((NOT stands) OR ((state = 'done'::public.callback_state) AND (draw <> 'not_drawn'::public.callback_draw)))),
    CONSTRAINT standing_elsewhere CHECK (((NOT elsewhere) OR stands))
);

ALTER TABLE public.case_callbacks ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.case_callbacks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.case_escalations (
    case_id bigint NOT NULL,
    rule_id bigint NOT NULL,
    due_at timestamp with time zone NOT NULL,
    escalated_at timestamp with time zone NOT NULL,
    role public.role NOT NULL
);

CREATE TABLE public.case_events (
    id bigint NOT NULL,
    case_id bigint NOT NULL,
    seq integer NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    action public.case_action NOT NULL,
    from_status public.case_status,
    to_status public.case_status NOT NULL,
    payload jsonb NOT NULL,
    prev_hash bytea NOT NULL,
    hash bytea NOT NULL
);

ALTER TABLE public.case_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.case_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.case_exclusions (
    id bigint NOT NULL,
    case_id bigint NOT NULL,
    metric text NOT NULL,
    reason text NOT NULL,
    state public.request_state DEFAULT 'requested'::public.request_state NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    requested_by text NOT NULL,
    decided_at timestamp with time zone,
    decided_by text,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT case_exclusions_check CHECK (((decided_by IS NULL) OR (decided_by <> requested_by))),
    CONSTRAINT case_exclusions_metric_check CHECK ((metric <> ''::text)),
    CONSTRAINT case_exclusions_reason_check CHECK ((reason <> ''::text))
);

ALTER TABLE public.case_exclusions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.case_exclusions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.case_extensions (
    id bigint NOT NULL,
    case_id bigint NOT NULL,
    department_id text NOT NULL,
    days integer NOT NULL,
    reason text NOT NULL,
    state public.request_state DEFAULT 'requested'::public.request_state NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    requested_by text NOT NULL,
    decided_at timestamp with time zone,
    decided_by text,
    note text DEFAULT ''::text NOT NULL,
    due_before timestamp with time zone NOT NULL,
    due_after timestamp with time zone,
    CONSTRAINT case_extensions_days_check CHECK ((days > 0)),
    CONSTRAINT case_extensions_reason_check CHECK ((reason <> ''::text))
);

ALTER TABLE public.case_extensions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.case_extensions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.case_mentions (
    id bigint NOT NULL,
    case_id bigint NOT NULL,
    event_seq integer NOT NULL,
    account_id bigint NOT NULL,
    actor text NOT NULL,
    at timestamp with time zone NOT NULL,
    read_at timestamp with time zone
);

ALTER TABLE public.case_mentions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.case_mentions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.case_merges (
    id bigint NOT NULL,
    head_id bigint NOT NULL,
    member_id bigint NOT NULL,
    reason text NOT NULL,
    merged_at timestamp with time zone NOT NULL,
    merged_by text NOT NULL,
    undone_at timestamp with time zone,
    undone_by text,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT case_merges_check CHECK ((head_id <> member_id)),
    CONSTRAINT case_merges_reason_check CHECK ((reason <> ''::text))
);

ALTER TABLE public.case_merges ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.case_merges_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.case_parts (
    case_id bigint NOT NULL,
    sentences jsonb NOT NULL
);

CREATE TABLE public.case_returns (
    id bigint NOT NULL,
    case_id bigint NOT NULL,
    department_id text NOT NULL,
    reason public.return_reason NOT NULL,
    explanation text NOT NULL,
    proposed_id text,
    state public.request_state DEFAULT 'requested'::public.request_state NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    requested_by text NOT NULL,
    window_ends timestamp with time zone,
    decided_at timestamp with time zone,
    decided_by text,
    note text DEFAULT ''::text NOT NULL,
    given_to_id text,
    CONSTRAINT case_returns_explanation_check CHECK ((explanation <> ''::text))
);

ALTER TABLE public.case_returns ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.case_returns_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.case_search (
    case_id bigint NOT NULL,
    words tsvector NOT NULL,
    text text NOT NULL
)
WITH (toast_tuple_target='128', autovacuum_vacuum_insert_scale_factor='0.05');
ALTER TABLE ONLY public.case_search ALTER COLUMN words SET STORAGE EXTERNAL;

CREATE TABLE public.case_supervisions (
    id bigint NOT NULL,
    case_id bigint NOT NULL,
    trigger public.supervision_trigger NOT NULL,
    level public.supervision_level NOT NULL,
    demand text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    given_at timestamp with time zone NOT NULL,
    given_by text NOT NULL,
    answer text DEFAULT ''::text NOT NULL,
    answered_at timestamp with time zone,
    answered_by text,
    CONSTRAINT case_supervisions_demand_check CHECK ((demand <> ''::text))
);

ALTER TABLE public.case_supervisions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.case_supervisions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.case_suspensions (
    id bigint NOT NULL,
    case_id bigint NOT NULL,
    department_id text NOT NULL,
    reason text NOT NULL,
    until_date date NOT NULL,
    state public.suspension_state DEFAULT 'requested'::public.suspension_state NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    requested_by text NOT NULL,
    decided_at timestamp with time zone,
    decided_by text,
    note text DEFAULT ''::text NOT NULL,
    due_date_before date,
    due_at_before timestamp with time zone,
    basis_before text DEFAULT ''::text NOT NULL,
    days integer,
    ended_at timestamp with time zone,
    ended_by text,
    CONSTRAINT case_suspensions_reason_check CHECK ((reason <> ''::text))
);

ALTER TABLE public.case_suspensions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.case_suspensions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.cases (
    id bigint NOT NULL,
    case_number text NOT NULL,
    submission_id bigint NOT NULL,
    channel public.channel NOT NULL,
    title text NOT NULL,
    status public.case_status NOT NULL,
    appeal_type public.appeal_type NOT NULL,
    topic_code text,
    region_code text,
    sentiment public.sentiment NOT NULL,
    urgency public.urgency NOT NULL,
    confidential boolean NOT NULL,
    lead_department_id text,
    triage_reason text DEFAULT ''::text NOT NULL,
    submitted_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    dispatched_at timestamp with time zone,
    acknowledged_at timestamp with time zone,
    completed_at timestamp with time zone,
    completion_result public.completion_result,
    closed_at timestamp with time zone,
    due_date date,
    due_at timestamp with time zone,
    due_basis text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    emotion public.emotion DEFAULT 'none'::public.emotion NOT NULL,
    negative_aspects jsonb DEFAULT '[]'::jsonb NOT NULL,
    merged_into bigint,
    parent_id bigint,
    parts integer DEFAULT 0 NOT NULL,
    CONSTRAINT cases_parts_check CHECK ((parts >= 0)),
    CONSTRAINT completed_has_time CHECK (((status <> ALL (ARRAY['completed'::public.case_status, 'closed'::public.case_status])) OR (completed_at IS NOT NULL))),
    CONSTRAINT dispatched_has_lead CHECK (((status = 'triage'::public.case_status) OR ((lead_department_id IS NOT NULL) AND (dispatched_at IS NOT NULL)))),
    CONSTRAINT merged_with_another CHECK ((merged_into <> id)),
    CONSTRAINT parts_have_no_parts CHECK (((parent_id IS NULL) OR (parts = 0)))
);

ALTER TABLE public.cases ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.cases_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.casework_rules (
    profile text NOT NULL,
    acknowledge_n integer,
    acknowledge_unit text DEFAULT 'wd'::text NOT NULL,
    contact_n integer,
    contact_unit text DEFAULT 'wd'::text NOT NULL,
    return_n integer,
    return_unit text DEFAULT 'wd'::text NOT NULL,
    extension_times integer DEFAULT 0 NOT NULL,
    extension_days integer DEFAULT 0 NOT NULL,
    source text DEFAULT ''::text NOT NULL,
    suspension_times integer DEFAULT 0 NOT NULL,
    suspension_days integer DEFAULT 0 NOT NULL,
    CONSTRAINT casework_rules_acknowledge_n_check CHECK ((acknowledge_n > 0)),
    CONSTRAINT casework_rules_acknowledge_unit_check CHECK ((acknowledge_unit = ANY (ARRAY['wd'::text, 'd'::text, 'd_roll'::text, 'h'::text]))),
    CONSTRAINT casework_rules_contact_n_check CHECK ((contact_n > 0)),
    CONSTRAINT casework_rules_contact_unit_check CHECK ((contact_unit = ANY (ARRAY['wd'::text, 'd'::text, 'd_roll'::text, 'h'::text]))),
    CONSTRAINT casework_rules_extension_days_check CHECK ((extension_days >= 0)),
    CONSTRAINT casework_rules_extension_times_check CHECK ((extension_times >= 0)),
    CONSTRAINT casework_rules_return_n_check CHECK ((return_n > 0)),
    CONSTRAINT casework_rules_return_unit_check CHECK ((return_unit = ANY (ARRAY['wd'::text, 'd'::text, 'd_roll'::text, 'h'::text]))),
    CONSTRAINT casework_rules_suspension_days_check CHECK ((suspension_days >= 0)),
    CONSTRAINT casework_rules_suspension_times_check CHECK ((suspension_times >= 0))
);

CREATE TABLE public.city (
    only_one boolean DEFAULT true NOT NULL,
    name text NOT NULL,
    region_code text,
    deadline_profile text NOT NULL,
    is_sample boolean DEFAULT false NOT NULL,
    CONSTRAINT city_only_one_check CHECK (only_one)
);

CREATE TABLE public.classifier_files (
    classifier_id bigint NOT NULL,
    name text NOT NULL,
    content bytea NOT NULL,
    sha256 bytea NOT NULL,
    CONSTRAINT classifier_file_small CHECK ((octet_length(content) <= 134217728)),
    CONSTRAINT classifier_files_name_check CHECK ((name ~ '^[a-z0-9][a-z0-9._-]{0,60}$'::text))
);
ALTER TABLE ONLY public.classifier_files ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE public.classifier_versions (
    id bigint NOT NULL,
    version text NOT NULL,
    kind text NOT NULL,
    state public.classifier_state NOT NULL,
    card jsonb NOT NULL,
    gate jsonb DEFAULT '{}'::jsonb NOT NULL,
    last_label_id bigint NOT NULL,
    labels integer NOT NULL,
    trained_at timestamp with time zone NOT NULL,
    trained_by text NOT NULL,
    shadow_since timestamp with time zone,
    shadow_claimed bigint DEFAULT 0 NOT NULL,
    shadow_compared bigint DEFAULT 0 NOT NULL,
    promoted_at timestamp with time zone,
    promoted_by text,
    problem text DEFAULT ''::text NOT NULL,
    part public.classifier_part DEFAULT 'topic'::public.classifier_part NOT NULL
);

ALTER TABLE public.classifier_versions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.classifier_versions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.consent_withdrawals (
    submission_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL
);

CREATE TABLE public.deadline_rules (
    profile text NOT NULL,
    appeal_type public.appeal_type NOT NULL,
    n integer NOT NULL,
    unit text NOT NULL,
    source text DEFAULT ''::text NOT NULL,
    CONSTRAINT deadline_rules_n_check CHECK ((n > 0)),
    CONSTRAINT deadline_rules_unit_check CHECK ((unit = ANY (ARRAY['wd'::text, 'd'::text, 'd_roll'::text, 'h'::text])))
);

CREATE TABLE public.departments (
    id text NOT NULL,
    duty text NOT NULL,
    name text NOT NULL,
    short_name text NOT NULL,
    kind text NOT NULL,
    region_code text,
    aliases text[] DEFAULT '{}'::text[] NOT NULL,
    active boolean DEFAULT true NOT NULL
);

CREATE TABLE public.disclosures (
    id bigint NOT NULL,
    case_id bigint NOT NULL,
    account_id bigint NOT NULL,
    department_id text,
    role public.role NOT NULL,
    reason public.reveal_reason NOT NULL,
    explanation text NOT NULL,
    confidential boolean NOT NULL,
    at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    CONSTRAINT disclosures_check CHECK ((expires_at > at)),
    CONSTRAINT disclosures_explanation_check CHECK ((explanation <> ''::text))
);

ALTER TABLE public.disclosures ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.disclosures_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.dispatch_rules (
    id integer NOT NULL,
    priority integer DEFAULT 100 NOT NULL,
    topic_code text,
    appeal_type public.appeal_type,
    region_code text,
    channel public.channel,
    lead_duty text NOT NULL,
    co_duties text[] DEFAULT '{}'::text[] NOT NULL,
    min_confidence double precision NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    active boolean DEFAULT true NOT NULL,
    CONSTRAINT dispatch_rules_min_confidence_check CHECK (((min_confidence >= (0)::double precision) AND (min_confidence <= (1)::double precision)))
);

ALTER TABLE public.dispatch_rules ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.dispatch_rules_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.dispatch_thresholds (
    id bigint NOT NULL,
    computed_at timestamp with time zone NOT NULL,
    classifier_version text NOT NULL,
    max_error double precision NOT NULL,
    pooled double precision,
    by_stratum jsonb NOT NULL,
    report jsonb NOT NULL
);

ALTER TABLE public.dispatch_thresholds ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.dispatch_thresholds_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.drift_reports (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    alarm boolean NOT NULL,
    report jsonb NOT NULL
);

ALTER TABLE public.drift_reports ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.drift_reports_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.early_sign_thresholds (
    sign public.early_sign NOT NULL,
    level public.risk_level NOT NULL,
    at_least double precision NOT NULL,
    CONSTRAINT early_sign_thresholds_at_least_check CHECK ((at_least > (0)::double precision))
);

CREATE TABLE public.escalation_rules (
    id bigint NOT NULL,
    name text NOT NULL,
    days integer NOT NULL,
    role public.role NOT NULL,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by text NOT NULL,
    CONSTRAINT escalation_rules_days_check CHECK (((days >= '-30'::integer) AND (days <= 180))),
    CONSTRAINT escalation_rules_name_check CHECK ((name <> ''::text)),
    CONSTRAINT escalation_rules_role_check CHECK ((role = ANY (ARRAY['officer'::public.role, 'dispatcher'::public.role, 'supervisor'::public.role, 'leader'::public.role])))
);

ALTER TABLE public.escalation_rules ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.escalation_rules_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.event_seals (
    id bigint NOT NULL,
    sealed_at timestamp with time zone NOT NULL,
    from_event_id bigint NOT NULL,
    to_event_id bigint NOT NULL,
    event_count bigint NOT NULL,
    prev_hash bytea NOT NULL,
    hash bytea NOT NULL
);

ALTER TABLE public.event_seals ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.event_seals_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.exports (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    account_id bigint,
    department_id text,
    what text NOT NULL,
    format text NOT NULL,
    filter text NOT NULL,
    row_count bigint NOT NULL,
    CONSTRAINT exports_row_count_check CHECK ((row_count >= 0)),
    CONSTRAINT exports_what_check CHECK ((what <> ''::text))
);

ALTER TABLE public.exports ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.exports_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.fact_cells (
    projection smallint NOT NULL,
    period date NOT NULL,
    department text DEFAULT ''::text NOT NULL,
    topic text DEFAULT ''::text NOT NULL,
    region text DEFAULT ''::text NOT NULL,
    channel text DEFAULT ''::text NOT NULL,
    appeal_type text DEFAULT ''::text NOT NULL,
    tone text DEFAULT ''::text NOT NULL,
    counts integer[] NOT NULL
)
WITH (fillfactor='80');

CREATE TABLE public.fact_changes (
    pack bigint NOT NULL,
    sign smallint NOT NULL,
    day date NOT NULL,
    department text NOT NULL,
    topic text NOT NULL,
    main_topic text NOT NULL,
    region text NOT NULL,
    county text NOT NULL,
    channel text NOT NULL,
    appeal_type text NOT NULL,
    tone text NOT NULL,
    taken bigint NOT NULL,
    flow text NOT NULL,
    counts smallint[] NOT NULL,
    due_day integer DEFAULT 0 NOT NULL
);

CREATE TABLE public.fact_chunks (
    chunk bigint NOT NULL,
    pack bigint NOT NULL,
    size integer NOT NULL,
    department integer[] NOT NULL,
    topic integer[] NOT NULL,
    region integer[] NOT NULL,
    channel integer[] NOT NULL,
    appeal_type integer[] NOT NULL,
    tone integer[] NOT NULL,
    due_months integer[] DEFAULT '{}'::integer[] NOT NULL,
    digest text DEFAULT ''::text NOT NULL
);

ALTER TABLE public.fact_chunks ALTER COLUMN chunk ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.fact_chunks_chunk_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.fact_codes (
    dimension text NOT NULL,
    code text NOT NULL,
    number integer NOT NULL
);

CREATE TABLE public.fact_columns (
    chunk bigint NOT NULL,
    name text NOT NULL,
    data bytea NOT NULL
);
ALTER TABLE ONLY public.fact_columns ALTER COLUMN data SET STORAGE EXTERNAL;

CREATE TABLE public.fact_mark (
    only_one boolean DEFAULT true NOT NULL,
    as_of timestamp with time zone NOT NULL,
    definition text NOT NULL,
    zone text NOT NULL,
    next_case bigint,
    next_submission bigint,
    CONSTRAINT fact_mark_only_one_check CHECK (only_one)
);

CREATE TABLE public.fact_packs (
    pack bigint NOT NULL,
    kind "char" NOT NULL,
    month date NOT NULL
);

ALTER TABLE public.fact_packs ALTER COLUMN pack ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.fact_packs_pack_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.fact_rows (
    kind "char" NOT NULL,
    id bigint NOT NULL,
    day date NOT NULL,
    department text NOT NULL,
    topic text NOT NULL,
    region text NOT NULL,
    county text NOT NULL,
    channel text NOT NULL,
    appeal_type text NOT NULL,
    tone text NOT NULL,
    counts smallint[] NOT NULL,
    main_topic text DEFAULT ''::text NOT NULL,
    taken bigint DEFAULT 0 NOT NULL,
    flow text DEFAULT ''::text NOT NULL,
    due_day integer DEFAULT 0 NOT NULL
);

CREATE TABLE public.fact_slices (
    slice smallint NOT NULL,
    code text NOT NULL,
    period date NOT NULL,
    part1 text DEFAULT ''::text NOT NULL,
    part2 text DEFAULT ''::text NOT NULL,
    n1 integer NOT NULL,
    n2 integer NOT NULL,
    n3 integer NOT NULL
)
WITH (fillfactor='80', autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_insert_scale_factor='0.02');

CREATE TABLE public.first_dispatches (
    case_id bigint NOT NULL,
    department_id text NOT NULL,
    source public.dispatch_source NOT NULL,
    at timestamp with time zone NOT NULL,
    given_on_at timestamp with time zone
);

CREATE TABLE public.forecasts (
    kind text NOT NULL,
    day date NOT NULL,
    made_at timestamp with time zone NOT NULL,
    content jsonb NOT NULL,
    CONSTRAINT forecasts_kind_check CHECK ((kind = ANY (ARRAY['volume'::text, 'risk'::text])))
);

CREATE TABLE public.hourly_counts (
    hour timestamp with time zone NOT NULL,
    topic_code text NOT NULL,
    region_code text NOT NULL,
    channel public.channel NOT NULL,
    sentiment public.sentiment NOT NULL,
    displeased boolean NOT NULL,
    submissions integer NOT NULL,
    persons integer NOT NULL,
    CONSTRAINT hourly_counts_check CHECK (((persons >= 0) AND (persons <= submissions))),
    CONSTRAINT hourly_counts_submissions_check CHECK ((submissions > 0))
);

CREATE TABLE public.imports (
    id bigint NOT NULL,
    channel public.channel NOT NULL,
    file_name text NOT NULL,
    preset text NOT NULL,
    actor text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    rows_read bigint DEFAULT 0 NOT NULL,
    rows_new bigint DEFAULT 0 NOT NULL,
    rows_already_here bigint DEFAULT 0 NOT NULL,
    rows_rejected bigint DEFAULT 0 NOT NULL
);

ALTER TABLE public.imports ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.imports_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.integrity_counts (
    only_one boolean DEFAULT true NOT NULL,
    counted_at timestamp with time zone NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    thresholds jsonb NOT NULL,
    last_review bigint NOT NULL,
    counts jsonb NOT NULL,
    CONSTRAINT integrity_counts_check CHECK ((last_day >= first_day)),
    CONSTRAINT integrity_counts_only_one_check CHECK (only_one)
);

CREATE TABLE public.integrity_reviews (
    id bigint NOT NULL,
    rule public.integrity_rule NOT NULL,
    case_id bigint NOT NULL,
    hit_at timestamp with time zone NOT NULL,
    note text NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    CONSTRAINT integrity_reviews_note_check CHECK ((note <> ''::text))
);

ALTER TABLE public.integrity_reviews ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.integrity_reviews_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.integrity_rules (
    rule public.integrity_rule NOT NULL,
    name text NOT NULL,
    value integer NOT NULL,
    CONSTRAINT integrity_rules_value_check CHECK (((value >= 1) AND (value <= 10000)))
);

CREATE TABLE public.issue_counts (
    issue_id bigint NOT NULL,
    hour timestamp with time zone NOT NULL,
    submissions integer NOT NULL,
    persons integer NOT NULL,
    negative integer NOT NULL,
    CONSTRAINT issue_counts_check CHECK (((persons >= 0) AND (persons <= submissions))),
    CONSTRAINT issue_counts_check1 CHECK (((negative >= 0) AND (negative <= submissions))),
    CONSTRAINT issue_counts_submissions_check CHECK ((submissions > 0))
);

CREATE TABLE public.issue_counts_mark (
    only_one boolean DEFAULT true NOT NULL,
    step bigint NOT NULL,
    CONSTRAINT issue_counts_mark_only_one_check CHECK (only_one)
);

CREATE TABLE public.issue_decisions (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    action public.issue_action NOT NULL,
    issue_id bigint NOT NULL,
    other_id bigint,
    payload jsonb NOT NULL,
    undoes bigint,
    CONSTRAINT issue_decisions_check CHECK (((action = 'undo'::public.issue_action) = (undoes IS NOT NULL)))
);

ALTER TABLE public.issue_decisions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.issue_decisions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.issue_level_changes (
    id bigint NOT NULL,
    issue_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    from_level public.risk_level,
    to_level public.risk_level,
    sentence text NOT NULL
);

ALTER TABLE public.issue_level_changes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.issue_level_changes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.issue_levels (
    issue_id bigint NOT NULL,
    level public.risk_level,
    since timestamp with time zone NOT NULL,
    computed_at timestamp with time zone NOT NULL,
    sentence text NOT NULL,
    signs jsonb NOT NULL
);

CREATE TABLE public.issue_members (
    submission_id bigint NOT NULL,
    issue_id bigint,
    part bigint,
    arrival bigint NOT NULL,
    similarity real NOT NULL,
    evidence jsonb NOT NULL,
    joined_at timestamp with time zone NOT NULL,
    decided_by text,
    packed bytea NOT NULL,
    step bigint NOT NULL,
    CONSTRAINT issue_members_check CHECK (((issue_id IS NULL) = (part IS NULL))),
    CONSTRAINT issue_members_similarity_check CHECK (((similarity >= (0)::double precision) AND (similarity <= (1)::double precision)))
);

CREATE TABLE public.issue_proposals (
    id bigint NOT NULL,
    kind public.proposal_kind NOT NULL,
    issue_id bigint NOT NULL,
    other_id bigint,
    leaving bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    evidence jsonb NOT NULL,
    state public.proposal_state DEFAULT 'open'::public.proposal_state NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    decided_by text,
    decided_at timestamp with time zone,
    CONSTRAINT issue_proposals_check CHECK (((kind = 'merge'::public.proposal_kind) = (other_id IS NOT NULL)))
);

ALTER TABLE public.issue_proposals ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.issue_proposals_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.issue_responses (
    id bigint NOT NULL,
    issue_id bigint NOT NULL,
    stage public.response_stage NOT NULL,
    level public.risk_level,
    major boolean NOT NULL,
    opinion text DEFAULT ''::text NOT NULL,
    owner_id bigint NOT NULL,
    lead_department_id text,
    known_at timestamp with time zone NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    opened_by text NOT NULL,
    published_at timestamp with time zone,
    closed_at timestamp with time zone,
    dismissed text DEFAULT ''::text NOT NULL,
    review text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT issue_responses_check CHECK (((stage = 'closed'::public.response_stage) = (closed_at IS NOT NULL)))
);

ALTER TABLE public.issue_responses ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.issue_responses_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.issue_separations (
    issue_id bigint NOT NULL,
    other_id bigint NOT NULL,
    actor text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT issue_separations_check CHECK ((issue_id < other_id))
);

CREATE TABLE public.issue_settings (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    half_life_days double precision NOT NULL,
    persons_weight double precision NOT NULL,
    votes_weight double precision NOT NULL,
    rate_weight double precision NOT NULL,
    least_submissions integer NOT NULL,
    least_persons integer NOT NULL,
    CONSTRAINT issue_settings_half_life_days_check CHECK ((half_life_days > (0)::double precision)),
    CONSTRAINT issue_settings_least_persons_check CHECK ((least_persons >= 1)),
    CONSTRAINT issue_settings_least_submissions_check CHECK ((least_submissions >= 2)),
    CONSTRAINT issue_settings_persons_weight_check CHECK ((persons_weight >= (0)::double precision)),
    CONSTRAINT issue_settings_rate_weight_check CHECK ((rate_weight >= (0)::double precision)),
    CONSTRAINT issue_settings_votes_weight_check CHECK ((votes_weight >= (0)::double precision))
);

ALTER TABLE public.issue_settings ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.issue_settings_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.issue_steps (
    step bigint NOT NULL,
    token uuid NOT NULL,
    arrivals bigint NOT NULL,
    decided boolean NOT NULL,
    actor text NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE public.issues (
    id bigint NOT NULL,
    name text NOT NULL,
    named_by text,
    place text DEFAULT ''::text NOT NULL,
    region_code text,
    topic_code text,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    submissions integer NOT NULL,
    persons integer NOT NULL,
    votes bigint DEFAULT 0 NOT NULL,
    live_persons double precision DEFAULT 0 NOT NULL,
    live_votes double precision DEFAULT 0 NOT NULL,
    live_submissions double precision DEFAULT 0 NOT NULL,
    pinned_by text,
    pinned_at timestamp with time zone,
    muted_by text,
    muted_at timestamp with time zone,
    muted_until timestamp with time zone,
    shaped_by text,
    merged_into bigint,
    retired_at timestamp with time zone,
    arrival bigint NOT NULL,
    step bigint NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT issues_check CHECK (((pinned_by IS NULL) = (pinned_at IS NULL))),
    CONSTRAINT issues_check1 CHECK (((muted_by IS NULL) = (muted_at IS NULL))),
    CONSTRAINT issues_check2 CHECK ((merged_into <> id)),
    CONSTRAINT issues_persons_check CHECK ((persons >= 0)),
    CONSTRAINT issues_submissions_check CHECK ((submissions >= 0)),
    CONSTRAINT issues_votes_check CHECK ((votes >= 0))
);

CREATE TABLE public.learning_settings (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    max_error double precision,
    audit_share double precision NOT NULL,
    CONSTRAINT learning_settings_audit_share_check CHECK (((audit_share >= (0)::double precision) AND (audit_share <= (1)::double precision))),
    CONSTRAINT learning_settings_max_error_check CHECK (((max_error > (0)::double precision) AND (max_error < (1)::double precision)))
);

ALTER TABLE public.learning_settings ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.learning_settings_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.learnt_places (
    name text NOT NULL,
    kind text NOT NULL,
    region_code text NOT NULL,
    submitters integer NOT NULL,
    share double precision NOT NULL,
    first_seen timestamp with time zone NOT NULL,
    last_seen timestamp with time zone NOT NULL,
    withdrawn_at timestamp with time zone,
    withdrawn_by text,
    CONSTRAINT learnt_places_check CHECK (((withdrawn_at IS NULL) = (withdrawn_by IS NULL))),
    CONSTRAINT learnt_places_share_check CHECK (((share > (0)::double precision) AND (share <= (1)::double precision))),
    CONSTRAINT learnt_places_submitters_check CHECK ((submitters > 0))
);

CREATE TABLE public.near_keys (
    key bigint NOT NULL,
    entry bigint NOT NULL
)
WITH (autovacuum_vacuum_insert_scale_factor='0.05');

CREATE TABLE public.near_signatures (
    entry bigint NOT NULL,
    submission_id bigint NOT NULL,
    keys bigint[] NOT NULL
);

ALTER TABLE public.near_signatures ALTER COLUMN entry ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.near_signatures_entry_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notification_queue (
    event_id bigint NOT NULL
);

CREATE TABLE public.notification_settings (
    only_one boolean DEFAULT true NOT NULL,
    quiet_from time without time zone DEFAULT '21:00:00'::time without time zone NOT NULL,
    quiet_to time without time zone DEFAULT '08:00:00'::time without time zone NOT NULL,
    most_a_day integer DEFAULT 5 NOT NULL,
    CONSTRAINT notification_settings_most_a_day_check CHECK (((most_a_day >= 0) AND (most_a_day <= 100))),
    CONSTRAINT notification_settings_only_one_check CHECK (only_one)
);

CREATE TABLE public.notification_templates (
    kind public.notification_kind NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    active boolean NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    changed_by text NOT NULL,
    CONSTRAINT notification_templates_body_check CHECK ((body <> ''::text)),
    CONSTRAINT notification_templates_subject_check CHECK ((subject <> ''::text))
);

CREATE TABLE public.notifications (
    id bigint NOT NULL,
    event_id bigint NOT NULL,
    case_id bigint NOT NULL,
    kind public.notification_kind NOT NULL,
    medium public.notification_medium NOT NULL,
    channel_id bigint,
    shown text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    state public.notification_state DEFAULT 'waiting'::public.notification_state NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    next_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    problem text DEFAULT ''::text NOT NULL,
    CONSTRAINT notifications_check CHECK (((medium = 'channel'::public.notification_medium) = (channel_id IS NOT NULL)))
);

ALTER TABLE public.notifications ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.notifications_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.originals (
    submission_id bigint NOT NULL,
    ciphertext bytea NOT NULL
);

CREATE TABLE public.person_searches (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    account_id bigint NOT NULL,
    department_id text,
    submitter_key bytea NOT NULL
);

ALTER TABLE public.person_searches ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.person_searches_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.places (
    name text NOT NULL,
    kind text NOT NULL,
    region_code text NOT NULL
);

CREATE TABLE public.publication_withdrawals (
    answer_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    reason text NOT NULL,
    CONSTRAINT publication_withdrawals_reason_check CHECK ((reason <> ''::text))
);

CREATE TABLE public.published_answers (
    id bigint NOT NULL,
    case_id bigint NOT NULL,
    reply_id bigint NOT NULL,
    completed_at timestamp with time zone NOT NULL,
    published_at timestamp with time zone NOT NULL,
    published_by text NOT NULL,
    department_id text,
    topic_code text,
    region_code text,
    title text NOT NULL,
    letter text NOT NULL,
    reply text NOT NULL,
    words tsvector NOT NULL,
    withdrawn_at timestamp with time zone,
    withdrawn_by text,
    withdrawn_unit text,
    withdrawal_reason text DEFAULT ''::text NOT NULL,
    CONSTRAINT published_answers_check CHECK (((withdrawn_at IS NULL) = (withdrawal_reason = ''::text))),
    CONSTRAINT published_answers_check1 CHECK (((withdrawn_at IS NULL) = (withdrawn_by IS NULL))),
    CONSTRAINT published_answers_check2 CHECK (((letter <> ''::text) OR (title = ''::text))),
    CONSTRAINT published_answers_reply_check CHECK ((reply <> ''::text))
);

ALTER TABLE public.published_answers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.published_answers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE UNLOGGED TABLE public.rate_counters (
    key text NOT NULL,
    window_start timestamp with time zone NOT NULL,
    count integer NOT NULL
);

CREATE SEQUENCE public.receipt_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.regions (
    code text NOT NULL,
    level text NOT NULL,
    name text NOT NULL,
    parent_code text,
    aliases text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT regions_level_check CHECK ((level = ANY (ARRAY['province'::text, 'prefecture'::text, 'county'::text, 'functional'::text, 'town'::text])))
);

CREATE TABLE public.replies (
    id bigint NOT NULL,
    case_id bigint NOT NULL,
    department_id text,
    author text NOT NULL,
    body text NOT NULL,
    public boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT replies_body_check CHECK ((body <> ''::text))
);

ALTER TABLE public.replies ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.replies_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reply_draft_texts (
    id bigint NOT NULL,
    draft_id bigint NOT NULL,
    body text NOT NULL,
    written_by text NOT NULL,
    written_at timestamp with time zone NOT NULL
);

ALTER TABLE public.reply_draft_texts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.reply_draft_texts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reply_drafts (
    id bigint NOT NULL,
    case_id bigint NOT NULL,
    department_id text,
    author text NOT NULL,
    writers text[] NOT NULL,
    body text NOT NULL,
    public boolean DEFAULT false NOT NULL,
    result public.completion_result,
    state public.draft_state DEFAULT 'draft'::public.draft_state NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    saved_at timestamp with time zone NOT NULL,
    saved_by text NOT NULL,
    submitted_at timestamp with time zone,
    submitted_by text,
    findings jsonb DEFAULT '[]'::jsonb NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    disclosure text DEFAULT ''::text NOT NULL,
    reviewer text,
    reviewed_at timestamp with time zone,
    review_note text DEFAULT ''::text NOT NULL,
    files jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT reviewed_by_another CHECK (((state <> 'sent'::public.draft_state) OR (reviewer IS NULL) OR (NOT (reviewer = ANY (writers)))))
);

ALTER TABLE public.reply_drafts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.reply_drafts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reply_files (
    reply_id bigint NOT NULL,
    attachment_id bigint NOT NULL,
    audience public.file_audience NOT NULL,
    name text NOT NULL,
    CONSTRAINT reply_files_name_check CHECK ((name <> ''::text))
);

CREATE TABLE public.reply_signatures (
    reply_id bigint NOT NULL,
    case_id bigint NOT NULL,
    department_id text,
    sent_at timestamp with time zone NOT NULL,
    keys bigint[] NOT NULL
);

CREATE TABLE public.reply_templates (
    id bigint NOT NULL,
    department_id text,
    topic_code text,
    action public.case_action NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    active boolean DEFAULT true NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    changed_by text NOT NULL,
    CONSTRAINT reply_templates_action_check CHECK ((action = ANY (ARRAY['reply'::public.case_action, 'complete'::public.case_action]))),
    CONSTRAINT reply_templates_body_check CHECK ((body <> ''::text)),
    CONSTRAINT reply_templates_title_check CHECK ((title <> ''::text))
);

ALTER TABLE public.reply_templates ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.reply_templates_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reply_withdrawals (
    reply_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    reason text NOT NULL,
    CONSTRAINT reply_withdrawals_reason_check CHECK ((reason <> ''::text))
);

CREATE TABLE public.report_circulars (
    id bigint NOT NULL,
    report_id bigint NOT NULL,
    department_id text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    channel_id bigint,
    shown text NOT NULL,
    state public.delivery_state DEFAULT 'waiting'::public.delivery_state NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    next_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    problem text DEFAULT ''::text NOT NULL
);

ALTER TABLE public.report_circulars ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.report_circulars_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.report_templates (
    id bigint NOT NULL,
    kind public.report_kind NOT NULL,
    sections jsonb NOT NULL,
    thresholds jsonb NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL
);

ALTER TABLE public.report_templates ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.report_templates_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reports (
    id bigint NOT NULL,
    kind public.report_kind NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    issue_id bigint,
    title text NOT NULL,
    content jsonb NOT NULL,
    digest text NOT NULL,
    as_of timestamp with time zone NOT NULL,
    state public.report_state DEFAULT 'draft'::public.report_state NOT NULL,
    previous_id bigint,
    made_at timestamp with time zone NOT NULL,
    made_by text NOT NULL,
    checked_at timestamp with time zone,
    findings jsonb,
    signed_at timestamp with time zone,
    signed_by text,
    CONSTRAINT reports_check CHECK ((first_day <= last_day)),
    CONSTRAINT reports_check1 CHECK (((kind = 'issue'::public.report_kind) = (issue_id IS NOT NULL))),
    CONSTRAINT reports_check2 CHECK (((state = 'signed'::public.report_state) = (signed_at IS NOT NULL))),
    CONSTRAINT reports_check3 CHECK (((signed_at IS NULL) = (signed_by IS NULL))),
    CONSTRAINT reports_check4 CHECK (((state = 'draft'::public.report_state) OR (checked_at IS NOT NULL)))
);

ALTER TABLE public.reports ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.reports_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.response_answers (
    id bigint NOT NULL,
    response_id bigint NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    state public.response_answer_state DEFAULT 'draft'::public.response_answer_state NOT NULL,
    author text NOT NULL,
    written_at timestamp with time zone NOT NULL,
    decided_by text,
    decided_at timestamp with time zone,
    note text DEFAULT ''::text NOT NULL,
    published_at timestamp with time zone,
    CONSTRAINT response_answers_body_check CHECK ((body <> ''::text)),
    CONSTRAINT response_answers_title_check CHECK ((title <> ''::text))
);

ALTER TABLE public.response_answers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.response_answers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.response_cases (
    id bigint NOT NULL,
    response_id bigint NOT NULL,
    case_id bigint NOT NULL,
    reply_id bigint NOT NULL,
    whole boolean NOT NULL,
    case_version integer NOT NULL,
    answered_at timestamp with time zone NOT NULL,
    undone_at timestamp with time zone
);

ALTER TABLE public.response_cases ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.response_cases_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.response_clocks (
    response_id bigint NOT NULL,
    kind public.response_clock_kind NOT NULL,
    started_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    met_at timestamp with time zone,
    dropped_at timestamp with time zone,
    basis text NOT NULL,
    CONSTRAINT response_clocks_check CHECK ((due_at > started_at))
);

CREATE TABLE public.response_events (
    id bigint NOT NULL,
    response_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    action public.response_action NOT NULL,
    from_stage public.response_stage,
    to_stage public.response_stage NOT NULL,
    payload jsonb NOT NULL
);

ALTER TABLE public.response_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.response_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.response_hours (
    id bigint NOT NULL,
    kind public.response_clock_kind NOT NULL,
    major boolean NOT NULL,
    hours double precision NOT NULL,
    basis text NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    CONSTRAINT response_hours_hours_check CHECK ((hours > (0)::double precision))
);

ALTER TABLE public.response_hours ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.response_hours_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.response_tasks (
    id bigint NOT NULL,
    response_id bigint NOT NULL,
    department_id text NOT NULL,
    what text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    state public.response_task_state DEFAULT 'open'::public.response_task_state NOT NULL,
    given_at timestamp with time zone NOT NULL,
    given_by text NOT NULL,
    report text DEFAULT ''::text NOT NULL,
    reported_at timestamp with time zone,
    reported_by text,
    CONSTRAINT response_tasks_what_check CHECK ((what <> ''::text))
);

ALTER TABLE public.response_tasks ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.response_tasks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.submission_links (
    submission_id bigint NOT NULL,
    earlier_id bigint NOT NULL,
    kind public.link_kind NOT NULL,
    score real NOT NULL,
    certain boolean NOT NULL,
    evidence jsonb NOT NULL,
    found_at timestamp with time zone NOT NULL,
    CONSTRAINT linked_with_another CHECK ((submission_id <> earlier_id)),
    CONSTRAINT submission_links_score_check CHECK (((score >= (0)::double precision) AND (score <= (1)::double precision)))
);

CREATE TABLE public.submissions (
    id bigint NOT NULL,
    receipt_number text NOT NULL,
    channel public.channel NOT NULL,
    source text NOT NULL,
    source_id text,
    identity bytea NOT NULL,
    content_hash bytea NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    submitted_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    submitter_key bytea,
    submitter_name text DEFAULT ''::text NOT NULL,
    place text DEFAULT ''::text NOT NULL,
    declared_appeal_type public.appeal_type,
    confidential boolean DEFAULT false NOT NULL,
    likes integer DEFAULT 0 NOT NULL,
    comments integer DEFAULT 0 NOT NULL,
    reposts integer DEFAULT 0 NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    import_id bigint,
    query_code_hash bytea,
    state public.submission_state DEFAULT 'pending'::public.submission_state NOT NULL,
    publish_consent boolean DEFAULT false NOT NULL,
    CONSTRAINT submissions_comments_check CHECK ((comments >= 0)),
    CONSTRAINT submissions_likes_check CHECK ((likes >= 0)),
    CONSTRAINT submissions_reposts_check CHECK ((reposts >= 0))
);

CREATE VIEW public.returned_matters AS
 SELECT DISTINCT ON (case_id, completed_at) case_id,
    came_back_case_id,
    at,
    completed_at,
    public.lead_at(case_id, completed_at) AS department_id
   FROM ( SELECT DISTINCT ON (c.id, again.id) c.id AS case_id,
            again.id AS came_back_case_id,
            later.submitted_at AS at,
            done.at AS completed_at
           FROM ((((((public.submission_links l
             JOIN public.cases c ON ((c.submission_id = l.earlier_id)))
             JOIN public.submissions earlier ON ((earlier.id = l.earlier_id)))
             JOIN public.submissions later ON (((later.id = l.submission_id) AND (later.submitter_key = earlier.submitter_key))))
             JOIN public.cases again ON (((again.submission_id = later.id) AND (again.parent_id IS NULL))))
             JOIN public.case_events done ON (((done.case_id = c.id) AND (done.action = 'complete'::public.case_action) AND (done.at < later.submitted_at))))
             JOIN public.integrity_rules r ON (((r.rule = 'came_back'::public.integrity_rule) AND (r.name = 'days'::text))))
          WHERE (l.certain AND (later.submitted_at <= (done.at + make_interval(days => r.value))) AND (c.parts = 0) AND ((c.merged_into IS NULL) OR (c.merged_into IS DISTINCT FROM c.parent_id)) AND ((c.parent_id IS NULL) OR (NOT (c.topic_code IS DISTINCT FROM again.topic_code)) OR (NOT (EXISTS ( SELECT
                   FROM public.cases s
                  WHERE ((s.parent_id = c.parent_id) AND (s.topic_code = again.topic_code)))))) AND (NOT (EXISTS ( SELECT
                   FROM public.case_events e
                  WHERE ((e.case_id = c.id) AND ((e.action)::text = ANY (ARRAY['reopen'::text, 'rework'::text])) AND (e.seq > done.seq) AND (e.at <= later.submitted_at))))))
          ORDER BY c.id, again.id, done.at DESC) x
  ORDER BY case_id, completed_at, at, came_back_case_id;

CREATE TABLE public.review_rules (
    department_id text,
    need public.review_need NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    changed_by text NOT NULL
);

CREATE TABLE public.saved_views (
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    name text NOT NULL,
    query text NOT NULL,
    shared boolean DEFAULT false NOT NULL,
    "position" integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT saved_views_name_check CHECK ((name <> ''::text))
);

ALTER TABLE public.saved_views ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.saved_views_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.schema_migrations (
    version integer NOT NULL,
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.score_appeals (
    id bigint NOT NULL,
    row_id bigint NOT NULL,
    indicator text NOT NULL,
    case_id bigint,
    reason text NOT NULL,
    state public.request_state DEFAULT 'requested'::public.request_state NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    requested_by text NOT NULL,
    decided_at timestamp with time zone,
    decided_by text,
    note text DEFAULT ''::text NOT NULL,
    points numeric(6,2) DEFAULT 0 NOT NULL,
    CONSTRAINT score_appeals_points_check CHECK ((points >= (0)::numeric)),
    CONSTRAINT score_appeals_reason_check CHECK ((reason <> ''::text))
);

ALTER TABLE public.score_appeals ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.score_appeals_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.score_deductions (
    id bigint NOT NULL,
    scheme_id bigint NOT NULL,
    indicator text NOT NULL,
    department_id text NOT NULL,
    happened_on date NOT NULL,
    times integer NOT NULL,
    reason text NOT NULL,
    entered_at timestamp with time zone NOT NULL,
    entered_by text NOT NULL,
    withdrawn_at timestamp with time zone,
    withdrawn_by text,
    CONSTRAINT score_deductions_reason_check CHECK ((reason <> ''::text)),
    CONSTRAINT score_deductions_times_check CHECK ((times > 0))
);

ALTER TABLE public.score_deductions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.score_deductions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.score_rows (
    id bigint NOT NULL,
    sheet_id bigint NOT NULL,
    department_id text NOT NULL,
    items jsonb NOT NULL,
    total numeric(6,2) NOT NULL,
    given_back numeric(6,2) DEFAULT 0 NOT NULL
);

ALTER TABLE public.score_rows ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.score_rows_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.score_schemes (
    id bigint NOT NULL,
    name text NOT NULL,
    unit_kinds text[] NOT NULL,
    indicators jsonb NOT NULL,
    least_cases integer DEFAULT 30 NOT NULL,
    ranked boolean DEFAULT false NOT NULL,
    active boolean DEFAULT true NOT NULL,
    replaces_id bigint,
    created_at timestamp with time zone NOT NULL,
    created_by text NOT NULL,
    CONSTRAINT score_schemes_least_cases_check CHECK ((least_cases >= 1)),
    CONSTRAINT score_schemes_name_check CHECK ((name <> ''::text))
);

ALTER TABLE public.score_schemes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.score_schemes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.score_sheets (
    id bigint NOT NULL,
    scheme_id bigint NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    as_of timestamp with time zone NOT NULL,
    published_at timestamp with time zone NOT NULL,
    published_by text NOT NULL,
    CONSTRAINT score_sheets_check CHECK ((first_day <= last_day))
);

ALTER TABLE public.score_sheets ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.score_sheets_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.series_counts (
    topic_code text NOT NULL,
    region_code text NOT NULL,
    hour timestamp with time zone NOT NULL,
    submissions integer NOT NULL,
    persons integer NOT NULL,
    CONSTRAINT series_counts_check CHECK (((persons >= 0) AND (persons <= submissions))),
    CONSTRAINT series_counts_submissions_check CHECK ((submissions > 0))
);

CREATE TABLE public.sessions (
    id bytea NOT NULL,
    account_id bigint NOT NULL,
    csrf_token text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    number bigint NOT NULL,
    wall_name text
);

ALTER TABLE public.sessions ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.sessions_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.shadow_differences (
    classifier_id bigint NOT NULL,
    submission_id bigint NOT NULL,
    live_code text,
    live_confidence double precision NOT NULL,
    live_version text NOT NULL,
    shadow_code text,
    shadow_confidence double precision NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE public.shadow_queue (
    submission_id bigint NOT NULL
);

CREATE TABLE public.topics (
    code text NOT NULL,
    name text NOT NULL,
    parent_code text,
    lead_duty text,
    co_duties text[] DEFAULT '{}'::text[] NOT NULL,
    cues text[] DEFAULT '{}'::text[] NOT NULL,
    urgent boolean DEFAULT false NOT NULL,
    confidential boolean DEFAULT false NOT NULL,
    CONSTRAINT topics_check CHECK (((parent_code IS NULL) OR starts_with(code, parent_code)))
);

CREATE VIEW public.shown_answers AS
 SELECT p.id AS number,
    p.case_id,
    p.reply_id,
    p.published_at,
    p.department_id,
    p.topic_code AS first_topic,
    c.topic_code,
    p.region_code,
    o.by_letter,
        CASE
            WHEN o.consented THEN p.title
            ELSE ''::text
        END AS title,
        CASE
            WHEN o.consented THEN p.letter
            ELSE ''::text
        END AS letter,
    p.reply,
    s.submitted_at,
    r.created_at AS replied_at,
    c.completed_at,
    c.completion_result AS result,
    ( SELECT b.satisfaction
           FROM public.case_callbacks b
          WHERE (o.consented AND (b.case_id = c.id) AND b.current AND (b.state = 'done'::public.callback_state))) AS satisfaction
   FROM ((((((public.published_answers p
     JOIN public.cases c ON ((c.id = p.case_id)))
     JOIN public.submissions s ON ((s.id = c.submission_id)))
     JOIN public.replies r ON ((r.id = p.reply_id)))
     LEFT JOIN public.topics t ON ((t.code = c.topic_code)))
     LEFT JOIN public.topics u ON ((u.code = t.parent_code)))
     CROSS JOIN LATERAL ( SELECT ((p.letter = ''::text) OR public.has_consent(s.id)) AS by_letter,
            ((p.letter <> ''::text) AND public.has_consent(s.id)) AS consented
         OFFSET 0) o)
  WHERE ((p.withdrawn_at IS NULL) AND (c.status = ANY (ARRAY['completed'::public.case_status, 'closed'::public.case_status])) AND (c.completed_at = p.completed_at) AND (c.merged_into IS NULL) AND (c.parts = 0) AND r.public AND (NOT (EXISTS ( SELECT
           FROM public.reply_withdrawals w
          WHERE (w.reply_id = r.id)))) AND (NOT (EXISTS ( SELECT
           FROM public.replies later
          WHERE ((later.case_id = c.id) AND (later.id > r.id) AND (NOT later.public) AND (NOT (EXISTS ( SELECT
                   FROM public.reply_withdrawals w
                  WHERE (w.reply_id = later.id)))))))) AND (NOT COALESCE(t.confidential, false)) AND (NOT COALESCE(u.confidential, false)) AND (NOT public.is_protected_letter(s.id)) AND (NOT (EXISTS ( SELECT
           FROM (public.cases m
             LEFT JOIN public.topics mt ON ((mt.code = m.topic_code)))
          WHERE ((m.merged_into = c.id) AND (COALESCE(mt.confidential, false) OR public.is_protected_letter(m.submission_id)))))) AND (NOT (EXISTS ( SELECT
           FROM public.case_exclusions x
          WHERE ((x.case_id = c.id) AND (x.metric = 'all'::text) AND (x.state = 'accepted'::public.request_state))))));

CREATE TABLE public.solved_blocks (
    term integer NOT NULL,
    block smallint NOT NULL,
    postings bytea NOT NULL
);
ALTER TABLE ONLY public.solved_blocks ALTER COLUMN postings SET STORAGE PLAIN;

CREATE TABLE public.solved_terms (
    term integer NOT NULL,
    weight smallint NOT NULL,
    submission_id bigint NOT NULL
)
WITH (autovacuum_vacuum_insert_scale_factor='0.05');

CREATE TABLE public.stale_facts (
    kind "char" NOT NULL,
    id bigint NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='20000');

CREATE TABLE public.stale_hours (
    hour timestamp with time zone NOT NULL
);

CREATE TABLE public.stale_word_days (
    day date NOT NULL
);

ALTER TABLE public.submissions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.submissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.telling_words (
    submission_id bigint NOT NULL,
    words text[] NOT NULL,
    weights real[] NOT NULL,
    CONSTRAINT each_word_has_its_weight CHECK ((cardinality(words) = cardinality(weights)))
);

CREATE TABLE public.topic_labels (
    id bigint NOT NULL,
    submission_id bigint NOT NULL,
    topic_code text NOT NULL,
    appeal_type public.appeal_type,
    source public.label_source NOT NULL,
    actor text NOT NULL,
    at timestamp with time zone NOT NULL,
    predicted_code text,
    predicted_confidence double precision NOT NULL,
    classifier_version text NOT NULL,
    probability double precision,
    CONSTRAINT topic_labels_probability_check CHECK (((probability > (0)::double precision) AND (probability <= (1)::double precision)))
);

ALTER TABLE public.topic_labels ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.topic_labels_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.training_runs (
    id bigint NOT NULL,
    actor text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    step text DEFAULT ''::text NOT NULL,
    fraction double precision DEFAULT 0 NOT NULL,
    outcome public.training_outcome DEFAULT 'running'::public.training_outcome NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    classifier_id bigint
);

ALTER TABLE public.training_runs ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.training_runs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.unit_clocks (
    id bigint NOT NULL,
    case_id bigint NOT NULL,
    department_id text NOT NULL,
    kind public.unit_clock_kind NOT NULL,
    started_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    basis text NOT NULL,
    met_at timestamp with time zone,
    ended_at timestamp with time zone
);

ALTER TABLE public.unit_clocks ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.unit_clocks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW public.voices AS
 SELECT s.id AS submission_id,
    s.submitted_at,
    s.channel,
    a.sentiment,
    a.urgency,
    COALESCE(c.topic_code, a.topic_code, ''::text) AS topic_code,
    COALESCE(c.region_code, a.region_code, ''::text) AS region_code,
    COALESCE(s.submitter_key, int8send(s.id)) AS person,
    public.displeased_with(a.negative_aspects, 'handling'::text) AS displeased,
    a.place_text,
    a.keywords,
    a.detector_hits,
    a.urgency_confidence,
    c.id AS case_id
   FROM ((public.submissions s
     JOIN public.analyses a ON ((a.submission_id = s.id)))
     LEFT JOIN public.cases c ON (((c.submission_id = s.id) AND (c.parent_id IS NULL))));

CREATE TABLE public.word_blocks (
    day date NOT NULL,
    county text NOT NULL,
    main_topic text NOT NULL,
    size integer NOT NULL,
    person bytea NOT NULL,
    topic bytea NOT NULL,
    region bytea NOT NULL,
    department bytea NOT NULL,
    channel bytea NOT NULL,
    appeal_type bytea NOT NULL,
    tone bytea NOT NULL,
    length bytea NOT NULL,
    words bytea NOT NULL
)
WITH (toast_tuple_target='8160');
ALTER TABLE ONLY public.word_blocks ALTER COLUMN person SET STORAGE MAIN;
ALTER TABLE ONLY public.word_blocks ALTER COLUMN topic SET STORAGE MAIN;
ALTER TABLE ONLY public.word_blocks ALTER COLUMN region SET STORAGE MAIN;
ALTER TABLE ONLY public.word_blocks ALTER COLUMN department SET STORAGE MAIN;
ALTER TABLE ONLY public.word_blocks ALTER COLUMN channel SET STORAGE MAIN;
ALTER TABLE ONLY public.word_blocks ALTER COLUMN appeal_type SET STORAGE MAIN;
ALTER TABLE ONLY public.word_blocks ALTER COLUMN tone SET STORAGE MAIN;
ALTER TABLE ONLY public.word_blocks ALTER COLUMN length SET STORAGE MAIN;
ALTER TABLE ONLY public.word_blocks ALTER COLUMN words SET STORAGE MAIN;

CREATE TABLE public.word_codes (
    number integer NOT NULL,
    word text NOT NULL
);

ALTER TABLE public.word_codes ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.word_codes_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.word_days (
    day date NOT NULL,
    made_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_username_taken UNIQUE (username);

ALTER TABLE ONLY public.administration_events
    ADD CONSTRAINT administration_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.alert_channels
    ADD CONSTRAINT alert_channels_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.alert_deliveries
    ADD CONSTRAINT alert_deliveries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.alert_events
    ADD CONSTRAINT alert_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.alert_settings
    ADD CONSTRAINT alert_settings_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.alert_submissions
    ADD CONSTRAINT alert_submissions_pkey PRIMARY KEY (alert_id, submission_id);

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.amber_thresholds
    ADD CONSTRAINT amber_thresholds_pkey PRIMARY KEY (profile, clock);

ALTER TABLE ONLY public.analyses
    ADD CONSTRAINT analyses_pkey PRIMARY KEY (submission_id);

ALTER TABLE ONLY public.assignments
    ADD CONSTRAINT assignments_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.attachment_contents
    ADD CONSTRAINT attachment_contents_pkey PRIMARY KEY (attachment_id);

ALTER TABLE ONLY public.attachment_removals
    ADD CONSTRAINT attachment_removals_pkey PRIMARY KEY (attachment_id);

ALTER TABLE ONLY public.attachments
    ADD CONSTRAINT attachments_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_samples
    ADD CONSTRAINT audit_samples_pkey PRIMARY KEY (submission_id);

ALTER TABLE ONLY public.bursts
    ADD CONSTRAINT bursts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.bursts
    ADD CONSTRAINT bursts_topic_code_region_code_issue_id_found_key UNIQUE NULLS NOT DISTINCT (topic_code, region_code, issue_id, found);

ALTER TABLE ONLY public.calendar_changes
    ADD CONSTRAINT calendar_changes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.callback_rules
    ADD CONSTRAINT callback_rules_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.callback_rules
    ADD CONSTRAINT callback_rules_profile_version_key UNIQUE (profile, version);

ALTER TABLE ONLY public.case_arrivals
    ADD CONSTRAINT case_arrivals_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.case_callbacks
    ADD CONSTRAINT case_callbacks_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.case_events
    ADD CONSTRAINT case_changed_by_other UNIQUE (case_id, seq);

ALTER TABLE ONLY public.case_escalations
    ADD CONSTRAINT case_escalations_pkey PRIMARY KEY (case_id, rule_id, due_at);

ALTER TABLE ONLY public.case_events
    ADD CONSTRAINT case_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.case_exclusions
    ADD CONSTRAINT case_exclusions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.case_extensions
    ADD CONSTRAINT case_extensions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.case_mentions
    ADD CONSTRAINT case_mentions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.case_merges
    ADD CONSTRAINT case_merges_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.case_parts
    ADD CONSTRAINT case_parts_pkey PRIMARY KEY (case_id);

ALTER TABLE ONLY public.case_returns
    ADD CONSTRAINT case_returns_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.case_search
    ADD CONSTRAINT case_search_pkey PRIMARY KEY (case_id);

ALTER TABLE ONLY public.case_supervisions
    ADD CONSTRAINT case_supervisions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.case_suspensions
    ADD CONSTRAINT case_suspensions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_case_number_key UNIQUE (case_number);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.casework_rules
    ADD CONSTRAINT casework_rules_pkey PRIMARY KEY (profile);

ALTER TABLE ONLY public.city
    ADD CONSTRAINT city_pkey PRIMARY KEY (only_one);

ALTER TABLE ONLY public.classifier_files
    ADD CONSTRAINT classifier_files_pkey PRIMARY KEY (classifier_id, name);

ALTER TABLE ONLY public.classifier_versions
    ADD CONSTRAINT classifier_version_known UNIQUE (version);

ALTER TABLE ONLY public.classifier_versions
    ADD CONSTRAINT classifier_versions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.consent_withdrawals
    ADD CONSTRAINT consent_withdrawals_pkey PRIMARY KEY (submission_id);

ALTER TABLE ONLY public.deadline_rules
    ADD CONSTRAINT deadline_rules_pkey PRIMARY KEY (profile, appeal_type);

ALTER TABLE ONLY public.alert_deliveries
    ADD CONSTRAINT delivered_once UNIQUE (event_id, channel_id);

ALTER TABLE ONLY public.departments
    ADD CONSTRAINT departments_name_key UNIQUE (name);

ALTER TABLE ONLY public.departments
    ADD CONSTRAINT departments_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.disclosures
    ADD CONSTRAINT disclosures_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.dispatch_rules
    ADD CONSTRAINT dispatch_rules_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.dispatch_thresholds
    ADD CONSTRAINT dispatch_thresholds_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.drift_reports
    ADD CONSTRAINT drift_reports_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.early_sign_thresholds
    ADD CONSTRAINT early_sign_thresholds_pkey PRIMARY KEY (sign, level);

ALTER TABLE ONLY public.escalation_rules
    ADD CONSTRAINT escalation_rules_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.event_seals
    ADD CONSTRAINT event_seals_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.exports
    ADD CONSTRAINT exports_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.fact_cells
    ADD CONSTRAINT fact_cells_pkey PRIMARY KEY (projection, period, department, topic, region, channel, appeal_type, tone);

ALTER TABLE ONLY public.fact_chunks
    ADD CONSTRAINT fact_chunks_pkey PRIMARY KEY (chunk);

ALTER TABLE ONLY public.fact_codes
    ADD CONSTRAINT fact_codes_pkey PRIMARY KEY (dimension, code);

ALTER TABLE ONLY public.fact_columns
    ADD CONSTRAINT fact_columns_pkey PRIMARY KEY (chunk, name);

ALTER TABLE ONLY public.fact_mark
    ADD CONSTRAINT fact_mark_pkey PRIMARY KEY (only_one);

ALTER TABLE ONLY public.fact_packs
    ADD CONSTRAINT fact_packs_kind_month_key UNIQUE (kind, month);

ALTER TABLE ONLY public.fact_packs
    ADD CONSTRAINT fact_packs_pkey PRIMARY KEY (pack);

ALTER TABLE ONLY public.fact_rows
    ADD CONSTRAINT fact_rows_pkey PRIMARY KEY (kind, id);

ALTER TABLE ONLY public.fact_slices
    ADD CONSTRAINT fact_slices_pkey PRIMARY KEY (slice, code, period, part1, part2) INCLUDE (n1, n2, n3);

ALTER TABLE ONLY public.first_dispatches
    ADD CONSTRAINT first_dispatches_pkey PRIMARY KEY (case_id);

ALTER TABLE ONLY public.forecasts
    ADD CONSTRAINT forecasts_pkey PRIMARY KEY (kind, day);

ALTER TABLE ONLY public.hourly_counts
    ADD CONSTRAINT hourly_counts_pkey PRIMARY KEY (hour, topic_code, region_code, channel, sentiment, displeased);

ALTER TABLE ONLY public.imports
    ADD CONSTRAINT imports_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.integrity_counts
    ADD CONSTRAINT integrity_counts_pkey PRIMARY KEY (only_one);

ALTER TABLE ONLY public.integrity_reviews
    ADD CONSTRAINT integrity_reviews_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.integrity_rules
    ADD CONSTRAINT integrity_rules_pkey PRIMARY KEY (rule, name);

ALTER TABLE ONLY public.issue_counts_mark
    ADD CONSTRAINT issue_counts_mark_pkey PRIMARY KEY (only_one);

ALTER TABLE ONLY public.issue_counts
    ADD CONSTRAINT issue_counts_pkey PRIMARY KEY (issue_id, hour);

ALTER TABLE ONLY public.issue_decisions
    ADD CONSTRAINT issue_decisions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.issue_level_changes
    ADD CONSTRAINT issue_level_changes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.issue_levels
    ADD CONSTRAINT issue_levels_pkey PRIMARY KEY (issue_id);

ALTER TABLE ONLY public.issue_members
    ADD CONSTRAINT issue_members_arrival_key UNIQUE (arrival);

ALTER TABLE ONLY public.issue_members
    ADD CONSTRAINT issue_members_pkey PRIMARY KEY (submission_id);

ALTER TABLE ONLY public.issue_proposals
    ADD CONSTRAINT issue_proposals_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.issue_responses
    ADD CONSTRAINT issue_responses_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.issue_separations
    ADD CONSTRAINT issue_separations_pkey PRIMARY KEY (issue_id, other_id);

ALTER TABLE ONLY public.issue_settings
    ADD CONSTRAINT issue_settings_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.issue_steps
    ADD CONSTRAINT issue_steps_pkey PRIMARY KEY (step);

ALTER TABLE ONLY public.issues
    ADD CONSTRAINT issues_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.learning_settings
    ADD CONSTRAINT learning_settings_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.learnt_places
    ADD CONSTRAINT learnt_places_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.case_mentions
    ADD CONSTRAINT mentioned_once UNIQUE (case_id, event_seq, account_id);

ALTER TABLE ONLY public.near_keys
    ADD CONSTRAINT near_keys_pkey PRIMARY KEY (key, entry);

ALTER TABLE ONLY public.near_signatures
    ADD CONSTRAINT near_signatures_pkey PRIMARY KEY (entry);

ALTER TABLE ONLY public.near_signatures
    ADD CONSTRAINT near_signatures_submission_id_key UNIQUE (submission_id);

ALTER TABLE ONLY public.notification_queue
    ADD CONSTRAINT notification_queue_pkey PRIMARY KEY (event_id);

ALTER TABLE ONLY public.notification_settings
    ADD CONSTRAINT notification_settings_pkey PRIMARY KEY (only_one);

ALTER TABLE ONLY public.notification_templates
    ADD CONSTRAINT notification_templates_pkey PRIMARY KEY (kind);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.case_callbacks
    ADD CONSTRAINT one_callback_a_completion UNIQUE (case_id, round);

ALTER TABLE ONLY public.score_rows
    ADD CONSTRAINT one_score UNIQUE (sheet_id, department_id);

ALTER TABLE ONLY public.originals
    ADD CONSTRAINT originals_pkey PRIMARY KEY (submission_id);

ALTER TABLE ONLY public.person_searches
    ADD CONSTRAINT person_searches_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.places
    ADD CONSTRAINT places_pkey PRIMARY KEY (name, region_code);

ALTER TABLE ONLY public.publication_withdrawals
    ADD CONSTRAINT publication_withdrawals_pkey PRIMARY KEY (answer_id);

ALTER TABLE ONLY public.published_answers
    ADD CONSTRAINT published_answers_case_id_key UNIQUE (case_id);

ALTER TABLE ONLY public.published_answers
    ADD CONSTRAINT published_answers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.score_sheets
    ADD CONSTRAINT published_once UNIQUE (scheme_id, first_day, last_day);

ALTER TABLE ONLY public.rate_counters
    ADD CONSTRAINT rate_counters_pkey PRIMARY KEY (key, window_start);

ALTER TABLE ONLY public.regions
    ADD CONSTRAINT regions_pkey PRIMARY KEY (code);

ALTER TABLE ONLY public.replies
    ADD CONSTRAINT replies_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reply_draft_texts
    ADD CONSTRAINT reply_draft_texts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reply_drafts
    ADD CONSTRAINT reply_drafts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reply_files
    ADD CONSTRAINT reply_files_pkey PRIMARY KEY (reply_id, attachment_id);

ALTER TABLE ONLY public.reply_signatures
    ADD CONSTRAINT reply_signatures_pkey PRIMARY KEY (reply_id);

ALTER TABLE ONLY public.reply_templates
    ADD CONSTRAINT reply_templates_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reply_withdrawals
    ADD CONSTRAINT reply_withdrawals_pkey PRIMARY KEY (reply_id);

ALTER TABLE ONLY public.report_circulars
    ADD CONSTRAINT report_circulars_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.report_templates
    ADD CONSTRAINT report_templates_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reports
    ADD CONSTRAINT reports_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.response_answers
    ADD CONSTRAINT response_answers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.response_cases
    ADD CONSTRAINT response_cases_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.response_clocks
    ADD CONSTRAINT response_clocks_pkey PRIMARY KEY (response_id, kind);

ALTER TABLE ONLY public.response_events
    ADD CONSTRAINT response_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.response_hours
    ADD CONSTRAINT response_hours_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.response_tasks
    ADD CONSTRAINT response_tasks_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.review_rules
    ADD CONSTRAINT review_rules_department_id_key UNIQUE NULLS NOT DISTINCT (department_id);

ALTER TABLE ONLY public.saved_views
    ADD CONSTRAINT saved_view_name_taken UNIQUE (account_id, name);

ALTER TABLE ONLY public.saved_views
    ADD CONSTRAINT saved_views_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.score_appeals
    ADD CONSTRAINT score_appeals_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.score_deductions
    ADD CONSTRAINT score_deductions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.score_rows
    ADD CONSTRAINT score_rows_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.score_schemes
    ADD CONSTRAINT score_schemes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.score_sheets
    ADD CONSTRAINT score_sheets_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.series_counts
    ADD CONSTRAINT series_counts_pkey PRIMARY KEY (topic_code, region_code, hour);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.shadow_differences
    ADD CONSTRAINT shadow_differences_pkey PRIMARY KEY (classifier_id, submission_id);

ALTER TABLE ONLY public.shadow_queue
    ADD CONSTRAINT shadow_queue_pkey PRIMARY KEY (submission_id);

ALTER TABLE ONLY public.solved_blocks
    ADD CONSTRAINT solved_blocks_pkey PRIMARY KEY (term, block);

ALTER TABLE ONLY public.solved_terms
    ADD CONSTRAINT solved_terms_pkey PRIMARY KEY (term, weight, submission_id);

ALTER TABLE ONLY public.stale_word_days
    ADD CONSTRAINT stale_word_days_pkey PRIMARY KEY (day);

ALTER TABLE ONLY public.submissions
    ADD CONSTRAINT submission_already_here UNIQUE (identity);

ALTER TABLE ONLY public.submission_links
    ADD CONSTRAINT submission_links_pkey PRIMARY KEY (submission_id, earlier_id, kind);

ALTER TABLE ONLY public.submissions
    ADD CONSTRAINT submissions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.submissions
    ADD CONSTRAINT submissions_receipt_number_key UNIQUE (receipt_number);

ALTER TABLE ONLY public.telling_words
    ADD CONSTRAINT telling_words_pkey PRIMARY KEY (submission_id);

ALTER TABLE ONLY public.topic_labels
    ADD CONSTRAINT topic_labels_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.topics
    ADD CONSTRAINT topics_pkey PRIMARY KEY (code);

ALTER TABLE ONLY public.training_runs
    ADD CONSTRAINT training_runs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.issue_decisions
    ADD CONSTRAINT undone_once UNIQUE (undoes);

ALTER TABLE ONLY public.unit_clocks
    ADD CONSTRAINT unit_clocks_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.word_blocks
    ADD CONSTRAINT word_blocks_pkey PRIMARY KEY (day, main_topic, county);

ALTER TABLE ONLY public.word_codes
    ADD CONSTRAINT word_codes_pkey PRIMARY KEY (number);

ALTER TABLE ONLY public.word_codes
    ADD CONSTRAINT word_codes_word_key UNIQUE (word);

ALTER TABLE ONLY public.word_days
    ADD CONSTRAINT word_days_pkey PRIMARY KEY (day);

CREATE INDEX alert_deliveries_waiting ON public.alert_deliveries USING btree (next_at) WHERE (state = 'waiting'::public.delivery_state);

CREATE INDEX alert_events_alert ON public.alert_events USING btree (alert_id, id);

CREATE INDEX alert_submissions_submission ON public.alert_submissions USING btree (submission_id);

CREATE INDEX alerts_issue ON public.alerts USING btree (issue_id) WHERE (issue_id IS NOT NULL);

CREATE INDEX alerts_key ON public.alerts USING btree (key, last_at DESC);

CREATE INDEX alerts_last ON public.alerts USING btree (last_at DESC);

CREATE INDEX alerts_open ON public.alerts USING btree (id) WHERE (acknowledged_at IS NULL);

CREATE INDEX analyses_topic ON public.analyses USING btree (topic_code);

CREATE INDEX analyses_topic_version ON public.analyses USING btree (topic_version, submission_id);

CREATE UNIQUE INDEX answered_once ON public.response_cases USING btree (response_id, case_id) WHERE (undone_at IS NULL);

CREATE INDEX assignments_case ON public.assignments USING btree (case_id);

CREATE UNIQUE INDEX assignments_current ON public.assignments USING btree (case_id, department_id) WHERE (ended_at IS NULL);

CREATE INDEX assignments_helping ON public.assignments USING btree (department_id, case_id) WHERE ((ended_at IS NULL) AND (role = 'co_handling'::public.assignment_role));

CREATE UNIQUE INDEX assignments_one_lead ON public.assignments USING btree (case_id) WHERE ((ended_at IS NULL) AND (role = 'lead'::public.assignment_role));

CREATE INDEX assignments_unit ON public.assignments USING btree (department_id, case_id) WHERE (ended_at IS NULL);

CREATE INDEX attachments_case ON public.attachments USING btree (case_id) WHERE (case_id IS NOT NULL);

CREATE INDEX attachments_submission ON public.attachments USING btree (submission_id);

CREATE INDEX audit_samples_drawn ON public.audit_samples USING btree (drawn_at);

CREATE INDEX bursts_found ON public.bursts USING btree (found DESC);

CREATE INDEX calendar_changes_waiting ON public.calendar_changes USING btree (id) WHERE (recalculated_at IS NULL);

CREATE INDEX case_arrivals_at ON public.case_arrivals USING btree (at);

CREATE INDEX case_callbacks_decided ON public.case_callbacks USING btree (case_id) WHERE (decision IS NOT NULL);

CREATE INDEX case_callbacks_done ON public.case_callbacks USING btree (answered_at) WHERE ((state = 'done'::public.callback_state) AND current AND (decision IS NULL));

CREATE INDEX case_callbacks_elsewhere ON public.case_callbacks USING btree (case_id) WHERE elsewhere;

CREATE INDEX case_callbacks_waiting ON public.case_callbacks USING btree (completed_at, id) WHERE (state = 'waiting'::public.callback_state);

CREATE INDEX case_escalations_recent ON public.case_escalations USING btree (role, escalated_at DESC);

CREATE INDEX case_events_called_back ON public.case_events USING btree (at) WHERE (action = 'callback'::public.case_action);

CREATE INDEX case_events_completed ON public.case_events USING btree (at) WHERE (action = 'complete'::public.case_action);

CREATE INDEX case_events_given_on ON public.case_events USING btree (at) WHERE (action = ANY (ARRAY['redispatch'::public.case_action, 'accept_return'::public.case_action, 'designate'::public.case_action]));

CREATE INDEX case_events_taken_down ON public.case_events USING btree (at) WHERE (action = 'unpublish'::public.case_action);

CREATE INDEX case_exclusions_accepted ON public.case_exclusions USING btree (case_id) WHERE (state = 'accepted'::public.request_state);

CREATE INDEX case_exclusions_open ON public.case_exclusions USING btree (requested_at) WHERE (state = 'requested'::public.request_state);

CREATE INDEX case_extensions_case ON public.case_extensions USING btree (case_id, id);

CREATE INDEX case_extensions_decided ON public.case_extensions USING btree (decided_at) WHERE (state = 'accepted'::public.request_state);

CREATE INDEX case_extensions_open ON public.case_extensions USING btree (requested_at) WHERE (state = 'requested'::public.request_state);

CREATE INDEX case_mentions_account ON public.case_mentions USING btree (account_id, id);

CREATE INDEX case_mentions_unread ON public.case_mentions USING btree (account_id) WHERE (read_at IS NULL);

CREATE INDEX case_merges_head ON public.case_merges USING btree (head_id, id);

CREATE INDEX case_returns_case ON public.case_returns USING btree (case_id, id);

CREATE INDEX case_returns_open ON public.case_returns USING btree (requested_at) WHERE (state = 'requested'::public.request_state);

CREATE INDEX case_returns_requested ON public.case_returns USING btree (requested_at);

CREATE INDEX case_search_words ON public.case_search USING gin (words) WITH (gin_pending_list_limit='1024');

CREATE INDEX case_supervisions_case ON public.case_supervisions USING btree (case_id, id);

CREATE INDEX case_supervisions_open ON public.case_supervisions USING btree (due_at) WHERE (answered_at IS NULL);

CREATE INDEX case_suspensions_case ON public.case_suspensions USING btree (case_id, id);

CREATE INDEX case_suspensions_open ON public.case_suspensions USING btree (requested_at) WHERE (state = 'requested'::public.suspension_state);

CREATE INDEX case_suspensions_running ON public.case_suspensions USING btree (until_date) WHERE (state = 'running'::public.suspension_state);

CREATE INDEX cases_due ON public.cases USING btree (due_at, id);

CREATE INDEX cases_lead ON public.cases USING btree (lead_department_id, due_at, id) INCLUDE (status, topic_code, region_code, urgency, appeal_type, channel, sentiment, merged_into, parent_id, parts, submitted_at, completed_at, due_date, submission_id);

CREATE INDEX cases_lead_open ON public.cases USING btree (lead_department_id, due_at, id) INCLUDE (due_date, status, merged_into, parts, submission_id) WHERE (status = ANY (ARRAY['triage'::public.case_status, 'dispatched'::public.case_status, 'in_progress'::public.case_status]));

CREATE INDEX cases_lead_topic ON public.cases USING btree (lead_department_id, topic_code COLLATE "C", due_at, id);

CREATE INDEX cases_merged ON public.cases USING btree (merged_into) WHERE (merged_into IS NOT NULL);

CREATE INDEX cases_number_prefix ON public.cases USING btree (case_number text_pattern_ops);

CREATE INDEX cases_open ON public.cases USING btree (due_at, id) WHERE (status = ANY (ARRAY['triage'::public.case_status, 'dispatched'::public.case_status, 'in_progress'::public.case_status]));

CREATE INDEX cases_open_again ON public.cases USING btree (due_at, id) WHERE ((status = ANY (ARRAY['triage'::public.case_status, 'dispatched'::public.case_status, 'in_progress'::public.case_status])) AND (completed_at IS NOT NULL));

CREATE INDEX cases_open_topic ON public.cases USING btree (topic_code COLLATE "C", due_at, id) WHERE (status = ANY (ARRAY['triage'::public.case_status, 'dispatched'::public.case_status, 'in_progress'::public.case_status]));

CREATE INDEX cases_parent ON public.cases USING btree (parent_id) WHERE (parent_id IS NOT NULL);

CREATE INDEX cases_region ON public.cases USING btree (region_code);

CREATE INDEX cases_status ON public.cases USING btree (status, due_at, id);

CREATE INDEX cases_submission ON public.cases USING btree (submission_id);

CREATE INDEX cases_submitted ON public.cases USING btree (submitted_at, id);

CREATE INDEX cases_topic ON public.cases USING btree (topic_code COLLATE "C");

CREATE INDEX cases_urgency ON public.cases USING btree (urgency, due_at, id) WHERE (urgency <> 'normal'::public.urgency);

CREATE UNIQUE INDEX circular_once ON public.report_circulars USING btree (report_id, department_id, COALESCE(channel_id, (0)::bigint));

CREATE UNIQUE INDEX classifier_one_live ON public.classifier_versions USING btree (part) WHERE (state = 'live'::public.classifier_state);

CREATE UNIQUE INDEX classifier_one_shadow ON public.classifier_versions USING btree (part) WHERE (state = 'shadow'::public.classifier_state);

CREATE INDEX departments_duty ON public.departments USING btree (duty);

CREATE INDEX disclosures_at ON public.disclosures USING btree (at DESC, id DESC);

CREATE INDEX disclosures_case ON public.disclosures USING btree (case_id, account_id, expires_at);

CREATE INDEX dispatch_thresholds_version ON public.dispatch_thresholds USING btree (classifier_version, id DESC);

CREATE INDEX exports_at ON public.exports USING btree (at DESC, id DESC);

CREATE INDEX fact_cells_department ON public.fact_cells USING btree (projection, department, topic, period) WHERE (department <> ''::text);

CREATE INDEX fact_cells_region ON public.fact_cells USING btree (projection, region, period) WHERE (region <> ''::text);

CREATE INDEX fact_cells_topic ON public.fact_cells USING btree (projection, topic, region, period) WHERE (topic <> ''::text);

CREATE INDEX fact_changes_pack ON public.fact_changes USING btree (pack);

CREATE INDEX fact_chunks_pack ON public.fact_chunks USING btree (pack);

CREATE INDEX fact_rows_day ON public.fact_rows USING btree (kind, day);

CREATE INDEX fact_rows_department ON public.fact_rows USING btree (kind, department, topic, channel, appeal_type, day);

CREATE INDEX fact_rows_region ON public.fact_rows USING btree (kind, region, day);

CREATE INDEX fact_rows_topic ON public.fact_rows USING btree (kind, topic, day);

CREATE INDEX first_dispatches_given_on ON public.first_dispatches USING btree (case_id) WHERE (given_on_at IS NOT NULL);

CREATE INDEX integrity_reviews_hit ON public.integrity_reviews USING btree (case_id, rule, hit_at);

CREATE INDEX issue_counts_hour ON public.issue_counts USING btree (hour);

CREATE INDEX issue_decisions_issue ON public.issue_decisions USING btree (issue_id, id DESC);

CREATE INDEX issue_decisions_other ON public.issue_decisions USING btree (other_id, id DESC) WHERE (other_id IS NOT NULL);

CREATE INDEX issue_level_changes_issue ON public.issue_level_changes USING btree (issue_id, id DESC);

CREATE INDEX issue_members_issue ON public.issue_members USING btree (issue_id, arrival DESC) WHERE (issue_id IS NOT NULL);

CREATE INDEX issue_members_step ON public.issue_members USING btree (step);

CREATE INDEX issue_proposals_issue ON public.issue_proposals USING btree (issue_id);

CREATE INDEX issue_responses_issue ON public.issue_responses USING btree (issue_id, id DESC);

CREATE INDEX issues_alive ON public.issues USING btree (arrival) WHERE ((retired_at IS NULL) AND (merged_into IS NULL));

CREATE INDEX issues_last ON public.issues USING btree (last_at DESC) WHERE (merged_into IS NULL);

CREATE INDEX issues_merged ON public.issues USING btree (merged_into) WHERE (merged_into IS NOT NULL);

CREATE INDEX issues_step ON public.issues USING btree (step);

CREATE UNIQUE INDEX merged_once ON public.case_merges USING btree (member_id) WHERE (undone_at IS NULL);

CREATE INDEX notifications_case ON public.notifications USING btree (case_id, id);

CREATE INDEX notifications_waiting ON public.notifications USING btree (next_at, id) WHERE (state = ANY (ARRAY['waiting'::public.notification_state, 'sending'::public.notification_state]));

CREATE UNIQUE INDEX notified_once ON public.notifications USING btree (event_id, kind, medium, COALESCE(channel_id, (0)::bigint));

CREATE UNIQUE INDEX one_calendar_day ON public.calendar_days USING btree (day, COALESCE(region_code, ''::text));

CREATE UNIQUE INDEX one_case_per_submission ON public.cases USING btree (submission_id) WHERE (parent_id IS NULL);

CREATE UNIQUE INDEX one_current_callback ON public.case_callbacks USING btree (case_id) WHERE current;

CREATE UNIQUE INDEX one_exclusion ON public.case_exclusions USING btree (case_id, metric) WHERE (state <> 'refused'::public.request_state);

CREATE UNIQUE INDEX one_open_appeal ON public.score_appeals USING btree (row_id, indicator) WHERE (state = 'requested'::public.request_state);

CREATE UNIQUE INDEX one_open_draft ON public.reply_drafts USING btree (case_id) WHERE (state = ANY (ARRAY['draft'::public.draft_state, 'in_review'::public.draft_state, 'refused'::public.draft_state]));

CREATE UNIQUE INDEX one_open_extension ON public.case_extensions USING btree (case_id) WHERE (state = 'requested'::public.request_state);

CREATE UNIQUE INDEX one_open_response ON public.issue_responses USING btree (issue_id) WHERE (stage <> 'closed'::public.response_stage);

CREATE UNIQUE INDEX one_open_return ON public.case_returns USING btree (case_id) WHERE (state = 'requested'::public.request_state);

CREATE UNIQUE INDEX one_open_supervision ON public.case_supervisions USING btree (case_id) WHERE (answered_at IS NULL);

CREATE UNIQUE INDEX one_open_suspension ON public.case_suspensions USING btree (case_id) WHERE (state = ANY (ARRAY['requested'::public.suspension_state, 'running'::public.suspension_state]));

CREATE UNIQUE INDEX one_running_clock ON public.unit_clocks USING btree (case_id, kind) WHERE ((met_at IS NULL) AND (ended_at IS NULL));

CREATE UNIQUE INDEX one_scheduled_report ON public.reports USING btree (kind, first_day) WHERE (made_by = 'system:reports'::text);

CREATE UNIQUE INDEX one_standing_answer ON public.case_callbacks USING btree (case_id) WHERE stands;

CREATE INDEX person_searches_at ON public.person_searches USING btree (at DESC, id DESC);

CREATE UNIQUE INDEX proposal_open_once ON public.issue_proposals USING btree (kind, issue_id, COALESCE(other_id, (0)::bigint)) WHERE (state = 'open'::public.proposal_state);

CREATE INDEX published_answers_newest ON public.published_answers USING btree (published_at DESC, id DESC) WHERE (withdrawn_at IS NULL);

CREATE INDEX published_answers_region ON public.published_answers USING btree (region_code, published_at DESC, id DESC) WHERE (withdrawn_at IS NULL);

CREATE INDEX published_answers_topic ON public.published_answers USING btree (topic_code, published_at DESC, id DESC) WHERE (withdrawn_at IS NULL);

CREATE INDEX published_answers_unit ON public.published_answers USING btree (department_id, published_at DESC, id DESC) WHERE (withdrawn_at IS NULL);

CREATE INDEX published_answers_words ON public.published_answers USING gin (words) WITH (gin_pending_list_limit='1024');

CREATE INDEX regions_parent ON public.regions USING btree (parent_code);

CREATE INDEX replies_case ON public.replies USING btree (case_id);

CREATE INDEX replies_created ON public.replies USING btree (created_at);

CREATE INDEX reply_draft_texts_draft ON public.reply_draft_texts USING btree (draft_id, id);

CREATE INDEX reply_drafts_case ON public.reply_drafts USING btree (case_id, id);

CREATE INDEX reply_drafts_in_review ON public.reply_drafts USING btree (submitted_at) WHERE (state = 'in_review'::public.draft_state);

CREATE INDEX reply_files_attachment ON public.reply_files USING btree (attachment_id);

CREATE INDEX reply_signatures_keys ON public.reply_signatures USING gin (keys);

CREATE INDEX reply_signatures_sent ON public.reply_signatures USING btree (sent_at);

CREATE INDEX reply_templates_owner ON public.reply_templates USING btree (department_id, topic_code);

CREATE INDEX report_circulars_waiting ON public.report_circulars USING btree (next_at, id) WHERE (state = 'waiting'::public.delivery_state);

CREATE INDEX report_templates_kind ON public.report_templates USING btree (kind, id DESC);

CREATE INDEX reports_kind ON public.reports USING btree (kind, last_day DESC, id DESC);

CREATE INDEX response_answers_published ON public.response_answers USING btree (published_at DESC) WHERE (state = 'published'::public.response_answer_state);

CREATE INDEX response_answers_response ON public.response_answers USING btree (response_id, id DESC);

CREATE INDEX response_cases_case ON public.response_cases USING btree (case_id);

CREATE INDEX response_clocks_due ON public.response_clocks USING btree (due_at) WHERE ((met_at IS NULL) AND (dropped_at IS NULL));

CREATE INDEX response_events_response ON public.response_events USING btree (response_id, id);

CREATE INDEX response_tasks_department ON public.response_tasks USING btree (department_id, due_at) WHERE (state = 'open'::public.response_task_state);

CREATE INDEX response_tasks_response ON public.response_tasks USING btree (response_id);

CREATE INDEX score_appeals_row ON public.score_appeals USING btree (row_id, id);

CREATE INDEX score_deductions_scheme ON public.score_deductions USING btree (scheme_id, happened_on);

CREATE INDEX series_counts_hour ON public.series_counts USING btree (hour);

CREATE INDEX sessions_account ON public.sessions USING btree (account_id);

CREATE INDEX solved_terms_submission ON public.solved_terms USING btree (submission_id);

CREATE INDEX submission_links_earlier ON public.submission_links USING btree (earlier_id, submission_id);

CREATE INDEX submissions_channel ON public.submissions USING btree (channel, submitted_at DESC, id DESC);

CREATE INDEX submissions_import ON public.submissions USING btree (import_id) WHERE (import_id IS NOT NULL);

CREATE INDEX submissions_pending ON public.submissions USING btree (id) WHERE (state = 'pending'::public.submission_state);

CREATE INDEX submissions_person ON public.submissions USING btree (submitter_key, submitted_at) WHERE (submitter_key IS NOT NULL);

CREATE INDEX submissions_submitted ON public.submissions USING btree (submitted_at);

CREATE INDEX topic_labels_at ON public.topic_labels USING btree (at);

CREATE INDEX topic_labels_submission ON public.topic_labels USING btree (submission_id, id DESC);

CREATE UNIQUE INDEX training_one_requested ON public.training_runs USING btree (outcome) WHERE (outcome = 'requested'::public.training_outcome);

CREATE INDEX unit_clocks_case ON public.unit_clocks USING btree (case_id, id);

CREATE INDEX unit_clocks_due ON public.unit_clocks USING btree (due_at);

CREATE INDEX unit_clocks_running ON public.unit_clocks USING btree (due_at) WHERE ((met_at IS NULL) AND (ended_at IS NULL));

CREATE TRIGGER administration_events_append_only BEFORE DELETE OR UPDATE ON public.administration_events FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER administration_events_no_truncate BEFORE TRUNCATE ON public.administration_events FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER alert_events_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.alert_events FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER analyses_are_counted AFTER INSERT ON public.analyses REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale_hours();

CREATE TRIGGER analyses_make_facts_stale AFTER INSERT ON public.analyses REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale_analyses();

CREATE TRIGGER attachment_contents_append_only BEFORE DELETE OR UPDATE ON public.attachment_contents FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER attachment_contents_no_truncate BEFORE TRUNCATE ON public.attachment_contents FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER attachment_removals_append_only BEFORE DELETE OR UPDATE ON public.attachment_removals FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER attachment_removals_no_truncate BEFORE TRUNCATE ON public.attachment_removals FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER attachments_append_only BEFORE DELETE OR UPDATE ON public.attachments FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER attachments_no_truncate BEFORE TRUNCATE ON public.attachments FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER case_callbacks_insert_makes_facts_stale AFTER INSERT ON public.case_callbacks REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale_case_of_row();

CREATE TRIGGER case_callbacks_update_makes_facts_stale AFTER UPDATE ON public.case_callbacks REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale_case_of_row();

CREATE TRIGGER case_events_append_only BEFORE DELETE OR UPDATE ON public.case_events FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER case_events_are_told AFTER INSERT ON public.case_events REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION public.queue_notifications();

CREATE TRIGGER case_events_insert_makes_facts_stale AFTER INSERT ON public.case_events REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale_case_of_row();

CREATE TRIGGER case_events_no_truncate BEFORE TRUNCATE ON public.case_events FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER case_events_note_dispatches AFTER INSERT ON public.case_events REFERENCING NEW TABLE AS new_events FOR EACH STATEMENT EXECUTE FUNCTION public.note_dispatches();

CREATE TRIGGER case_events_update_makes_facts_stale AFTER UPDATE ON public.case_events REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale_case_of_row();

CREATE TRIGGER case_returns_insert_makes_facts_stale AFTER INSERT ON public.case_returns REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale_case_of_row();

CREATE TRIGGER case_returns_update_makes_facts_stale AFTER UPDATE ON public.case_returns REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale_case_of_row();

CREATE TRIGGER case_suspensions_insert_makes_facts_stale AFTER INSERT ON public.case_suspensions REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale_case_of_row();

CREATE TRIGGER case_suspensions_update_makes_facts_stale AFTER UPDATE ON public.case_suspensions REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale_case_of_row();

CREATE TRIGGER cases_leave_answer AFTER UPDATE OF lead_department_id ON public.cases FOR EACH ROW WHEN ((old.lead_department_id IS DISTINCT FROM new.lead_department_id)) EXECUTE FUNCTION public.leave_answer();

CREATE TRIGGER cases_make_facts_stale AFTER UPDATE ON public.cases REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale_cases();

CREATE TRIGGER consent_withdrawals_append_only BEFORE DELETE OR UPDATE ON public.consent_withdrawals FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER consent_withdrawals_no_truncate BEFORE TRUNCATE ON public.consent_withdrawals FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER corrected_cases_are_counted AFTER UPDATE ON public.cases FOR EACH ROW WHEN (((old.topic_code IS DISTINCT FROM new.topic_code) OR (old.region_code IS DISTINCT FROM new.region_code))) EXECUTE FUNCTION public.note_stale_hour_of_case();

CREATE TRIGGER disclosures_append_only BEFORE DELETE OR UPDATE ON public.disclosures FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER disclosures_no_truncate BEFORE TRUNCATE ON public.disclosures FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER event_seals_append_only BEFORE DELETE OR UPDATE ON public.event_seals FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER event_seals_no_truncate BEFORE TRUNCATE ON public.event_seals FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER exports_append_only BEFORE DELETE OR UPDATE ON public.exports FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER exports_no_truncate BEFORE TRUNCATE ON public.exports FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER first_dispatches_insert_makes_facts_stale AFTER INSERT ON public.first_dispatches REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale_case_of_row();

CREATE TRIGGER first_dispatches_update_makes_facts_stale AFTER UPDATE ON public.first_dispatches REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale_case_of_row();

CREATE TRIGGER integrity_reviews_append_only BEFORE DELETE OR UPDATE ON public.integrity_reviews FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER integrity_reviews_no_truncate BEFORE TRUNCATE ON public.integrity_reviews FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER issue_level_changes_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.issue_level_changes FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER new_cases_make_facts_stale AFTER INSERT ON public.cases REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale_cases();

CREATE TRIGGER opened_submissions_make_facts_stale AFTER INSERT ON public.cases REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale_analyses();

CREATE TRIGGER person_searches_append_only BEFORE DELETE OR UPDATE ON public.person_searches FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER person_searches_no_truncate BEFORE TRUNCATE ON public.person_searches FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER publication_withdrawals_append_only BEFORE DELETE OR UPDATE ON public.publication_withdrawals FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER publication_withdrawals_no_truncate BEFORE TRUNCATE ON public.publication_withdrawals FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reply_files_append_only BEFORE DELETE OR UPDATE ON public.reply_files FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reply_files_no_truncate BEFORE TRUNCATE ON public.reply_files FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reports_are_kept BEFORE UPDATE ON public.reports FOR EACH ROW EXECUTE FUNCTION public.keep_signed_reports();

CREATE TRIGGER response_events_append_only BEFORE DELETE OR UPDATE ON public.response_events FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER response_events_no_truncate BEFORE TRUNCATE ON public.response_events FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER submission_states_make_facts_stale AFTER UPDATE ON public.submissions REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale_submissions();

CREATE TRIGGER submissions_make_facts_stale AFTER INSERT ON public.submissions REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale_submissions();

CREATE TRIGGER unit_clocks_insert_makes_facts_stale AFTER INSERT ON public.unit_clocks REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale_case_of_row();

CREATE TRIGGER unit_clocks_update_makes_facts_stale AFTER UPDATE ON public.unit_clocks REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale_case_of_row();

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.alert_channels
    ADD CONSTRAINT alert_channels_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.alert_deliveries
    ADD CONSTRAINT alert_deliveries_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES public.alert_channels(id);

ALTER TABLE ONLY public.alert_deliveries
    ADD CONSTRAINT alert_deliveries_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.alert_events(id);

ALTER TABLE ONLY public.alert_events
    ADD CONSTRAINT alert_events_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES public.alerts(id);

ALTER TABLE ONLY public.alert_submissions
    ADD CONSTRAINT alert_submissions_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES public.alerts(id);

ALTER TABLE ONLY public.alert_submissions
    ADD CONSTRAINT alert_submissions_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES public.submissions(id);

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_burst_id_fkey FOREIGN KEY (burst_id) REFERENCES public.bursts(id);

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_issue_id_fkey FOREIGN KEY (issue_id) REFERENCES public.issues(id);

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_region_code_fkey FOREIGN KEY (region_code) REFERENCES public.regions(code);

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_topic_code_fkey FOREIGN KEY (topic_code) REFERENCES public.topics(code);

ALTER TABLE ONLY public.analyses
    ADD CONSTRAINT analyses_region_code_fkey FOREIGN KEY (region_code) REFERENCES public.regions(code);

ALTER TABLE ONLY public.analyses
    ADD CONSTRAINT analyses_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES public.submissions(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.analyses
    ADD CONSTRAINT analyses_topic_code_fkey FOREIGN KEY (topic_code) REFERENCES public.topics(code);

ALTER TABLE ONLY public.assignments
    ADD CONSTRAINT assignments_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.assignments
    ADD CONSTRAINT assignments_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.attachment_contents
    ADD CONSTRAINT attachment_contents_attachment_id_fkey FOREIGN KEY (attachment_id) REFERENCES public.attachments(id);

ALTER TABLE ONLY public.attachment_removals
    ADD CONSTRAINT attachment_removals_attachment_id_fkey FOREIGN KEY (attachment_id) REFERENCES public.attachments(id);

ALTER TABLE ONLY public.attachments
    ADD CONSTRAINT attachments_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.attachments
    ADD CONSTRAINT attachments_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.attachments
    ADD CONSTRAINT attachments_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES public.submissions(id);

ALTER TABLE ONLY public.audit_samples
    ADD CONSTRAINT audit_samples_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES public.submissions(id);

ALTER TABLE ONLY public.bursts
    ADD CONSTRAINT bursts_issue_id_fkey FOREIGN KEY (issue_id) REFERENCES public.issues(id);

ALTER TABLE ONLY public.calendar_days
    ADD CONSTRAINT calendar_days_region_code_fkey FOREIGN KEY (region_code) REFERENCES public.regions(code);

ALTER TABLE ONLY public.case_callbacks
    ADD CONSTRAINT case_callbacks_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.case_callbacks
    ADD CONSTRAINT case_callbacks_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.case_callbacks
    ADD CONSTRAINT case_callbacks_rule_id_fkey FOREIGN KEY (rule_id) REFERENCES public.callback_rules(id);

ALTER TABLE ONLY public.case_escalations
    ADD CONSTRAINT case_escalations_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.case_escalations
    ADD CONSTRAINT case_escalations_rule_id_fkey FOREIGN KEY (rule_id) REFERENCES public.escalation_rules(id);

ALTER TABLE ONLY public.case_events
    ADD CONSTRAINT case_events_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.case_exclusions
    ADD CONSTRAINT case_exclusions_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.case_extensions
    ADD CONSTRAINT case_extensions_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.case_extensions
    ADD CONSTRAINT case_extensions_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.case_mentions
    ADD CONSTRAINT case_mentions_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.case_mentions
    ADD CONSTRAINT case_mentions_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.case_merges
    ADD CONSTRAINT case_merges_head_id_fkey FOREIGN KEY (head_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.case_merges
    ADD CONSTRAINT case_merges_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.case_parts
    ADD CONSTRAINT case_parts_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.case_returns
    ADD CONSTRAINT case_returns_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.case_returns
    ADD CONSTRAINT case_returns_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.case_returns
    ADD CONSTRAINT case_returns_given_to_id_fkey FOREIGN KEY (given_to_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.case_returns
    ADD CONSTRAINT case_returns_proposed_id_fkey FOREIGN KEY (proposed_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.case_search
    ADD CONSTRAINT case_search_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.case_supervisions
    ADD CONSTRAINT case_supervisions_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.case_suspensions
    ADD CONSTRAINT case_suspensions_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.case_suspensions
    ADD CONSTRAINT case_suspensions_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_lead_department_id_fkey FOREIGN KEY (lead_department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES public.cases(id);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_region_code_fkey FOREIGN KEY (region_code) REFERENCES public.regions(code);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES public.submissions(id);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_topic_code_fkey FOREIGN KEY (topic_code) REFERENCES public.topics(code);

ALTER TABLE ONLY public.classifier_files
    ADD CONSTRAINT classifier_files_classifier_id_fkey FOREIGN KEY (classifier_id) REFERENCES public.classifier_versions(id);

ALTER TABLE ONLY public.consent_withdrawals
    ADD CONSTRAINT consent_withdrawals_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES public.submissions(id);

ALTER TABLE ONLY public.departments
    ADD CONSTRAINT departments_region_code_fkey FOREIGN KEY (region_code) REFERENCES public.regions(code);

ALTER TABLE ONLY public.disclosures
    ADD CONSTRAINT disclosures_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.disclosures
    ADD CONSTRAINT disclosures_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.disclosures
    ADD CONSTRAINT disclosures_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.dispatch_rules
    ADD CONSTRAINT dispatch_rules_region_code_fkey FOREIGN KEY (region_code) REFERENCES public.regions(code);

ALTER TABLE ONLY public.dispatch_rules
    ADD CONSTRAINT dispatch_rules_topic_code_fkey FOREIGN KEY (topic_code) REFERENCES public.topics(code);

ALTER TABLE ONLY public.exports
    ADD CONSTRAINT exports_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.exports
    ADD CONSTRAINT exports_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.fact_changes
    ADD CONSTRAINT fact_changes_pack_fkey FOREIGN KEY (pack) REFERENCES public.fact_packs(pack) ON DELETE CASCADE;

ALTER TABLE ONLY public.fact_chunks
    ADD CONSTRAINT fact_chunks_pack_fkey FOREIGN KEY (pack) REFERENCES public.fact_packs(pack) ON DELETE CASCADE;

ALTER TABLE ONLY public.fact_columns
    ADD CONSTRAINT fact_columns_chunk_fkey FOREIGN KEY (chunk) REFERENCES public.fact_chunks(chunk) ON DELETE CASCADE;

ALTER TABLE ONLY public.first_dispatches
    ADD CONSTRAINT first_dispatches_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.first_dispatches
    ADD CONSTRAINT first_dispatches_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.integrity_reviews
    ADD CONSTRAINT integrity_reviews_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.issue_counts
    ADD CONSTRAINT issue_counts_issue_id_fkey FOREIGN KEY (issue_id) REFERENCES public.issues(id);

ALTER TABLE ONLY public.issue_decisions
    ADD CONSTRAINT issue_decisions_issue_id_fkey FOREIGN KEY (issue_id) REFERENCES public.issues(id);

ALTER TABLE ONLY public.issue_decisions
    ADD CONSTRAINT issue_decisions_other_id_fkey FOREIGN KEY (other_id) REFERENCES public.issues(id);

ALTER TABLE ONLY public.issue_decisions
    ADD CONSTRAINT issue_decisions_undoes_fkey FOREIGN KEY (undoes) REFERENCES public.issue_decisions(id);

ALTER TABLE ONLY public.issue_level_changes
    ADD CONSTRAINT issue_level_changes_issue_id_fkey FOREIGN KEY (issue_id) REFERENCES public.issues(id);

ALTER TABLE ONLY public.issue_levels
    ADD CONSTRAINT issue_levels_issue_id_fkey FOREIGN KEY (issue_id) REFERENCES public.issues(id);

ALTER TABLE ONLY public.issue_members
    ADD CONSTRAINT issue_members_issue_id_fkey FOREIGN KEY (issue_id) REFERENCES public.issues(id);

ALTER TABLE ONLY public.issue_members
    ADD CONSTRAINT issue_members_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES public.submissions(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.issue_proposals
    ADD CONSTRAINT issue_proposals_issue_id_fkey FOREIGN KEY (issue_id) REFERENCES public.issues(id);

ALTER TABLE ONLY public.issue_proposals
    ADD CONSTRAINT issue_proposals_other_id_fkey FOREIGN KEY (other_id) REFERENCES public.issues(id);

ALTER TABLE ONLY public.issue_responses
    ADD CONSTRAINT issue_responses_issue_id_fkey FOREIGN KEY (issue_id) REFERENCES public.issues(id);

ALTER TABLE ONLY public.issue_responses
    ADD CONSTRAINT issue_responses_lead_department_id_fkey FOREIGN KEY (lead_department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.issue_responses
    ADD CONSTRAINT issue_responses_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.issue_separations
    ADD CONSTRAINT issue_separations_issue_id_fkey FOREIGN KEY (issue_id) REFERENCES public.issues(id);

ALTER TABLE ONLY public.issue_separations
    ADD CONSTRAINT issue_separations_other_id_fkey FOREIGN KEY (other_id) REFERENCES public.issues(id);

ALTER TABLE ONLY public.issues
    ADD CONSTRAINT issues_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES public.issues(id);

ALTER TABLE ONLY public.issues
    ADD CONSTRAINT issues_region_code_fkey FOREIGN KEY (region_code) REFERENCES public.regions(code);

ALTER TABLE ONLY public.issues
    ADD CONSTRAINT issues_topic_code_fkey FOREIGN KEY (topic_code) REFERENCES public.topics(code);

ALTER TABLE ONLY public.learnt_places
    ADD CONSTRAINT learnt_places_region_code_fkey FOREIGN KEY (region_code) REFERENCES public.regions(code);

ALTER TABLE ONLY public.near_signatures
    ADD CONSTRAINT near_signatures_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES public.submissions(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notification_queue
    ADD CONSTRAINT notification_queue_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.case_events(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES public.alert_channels(id);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.case_events(id);

ALTER TABLE ONLY public.originals
    ADD CONSTRAINT originals_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES public.submissions(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.person_searches
    ADD CONSTRAINT person_searches_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.person_searches
    ADD CONSTRAINT person_searches_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.places
    ADD CONSTRAINT places_region_code_fkey FOREIGN KEY (region_code) REFERENCES public.regions(code);

ALTER TABLE ONLY public.publication_withdrawals
    ADD CONSTRAINT publication_withdrawals_answer_id_fkey FOREIGN KEY (answer_id) REFERENCES public.response_answers(id);

ALTER TABLE ONLY public.published_answers
    ADD CONSTRAINT published_answers_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.published_answers
    ADD CONSTRAINT published_answers_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.published_answers
    ADD CONSTRAINT published_answers_region_code_fkey FOREIGN KEY (region_code) REFERENCES public.regions(code);

ALTER TABLE ONLY public.published_answers
    ADD CONSTRAINT published_answers_reply_id_fkey FOREIGN KEY (reply_id) REFERENCES public.replies(id);

ALTER TABLE ONLY public.published_answers
    ADD CONSTRAINT published_answers_topic_code_fkey FOREIGN KEY (topic_code) REFERENCES public.topics(code);

ALTER TABLE ONLY public.published_answers
    ADD CONSTRAINT published_answers_withdrawn_unit_fkey FOREIGN KEY (withdrawn_unit) REFERENCES public.departments(id);

ALTER TABLE ONLY public.regions
    ADD CONSTRAINT regions_parent_code_fkey FOREIGN KEY (parent_code) REFERENCES public.regions(code);

ALTER TABLE ONLY public.replies
    ADD CONSTRAINT replies_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.replies
    ADD CONSTRAINT replies_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.reply_draft_texts
    ADD CONSTRAINT reply_draft_texts_draft_id_fkey FOREIGN KEY (draft_id) REFERENCES public.reply_drafts(id);

ALTER TABLE ONLY public.reply_drafts
    ADD CONSTRAINT reply_drafts_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.reply_drafts
    ADD CONSTRAINT reply_drafts_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.reply_files
    ADD CONSTRAINT reply_files_attachment_id_fkey FOREIGN KEY (attachment_id) REFERENCES public.attachments(id);

ALTER TABLE ONLY public.reply_files
    ADD CONSTRAINT reply_files_reply_id_fkey FOREIGN KEY (reply_id) REFERENCES public.replies(id);

ALTER TABLE ONLY public.reply_signatures
    ADD CONSTRAINT reply_signatures_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.reply_signatures
    ADD CONSTRAINT reply_signatures_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.reply_signatures
    ADD CONSTRAINT reply_signatures_reply_id_fkey FOREIGN KEY (reply_id) REFERENCES public.replies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.reply_templates
    ADD CONSTRAINT reply_templates_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.reply_templates
    ADD CONSTRAINT reply_templates_topic_code_fkey FOREIGN KEY (topic_code) REFERENCES public.topics(code);

ALTER TABLE ONLY public.reply_withdrawals
    ADD CONSTRAINT reply_withdrawals_reply_id_fkey FOREIGN KEY (reply_id) REFERENCES public.replies(id);

ALTER TABLE ONLY public.report_circulars
    ADD CONSTRAINT report_circulars_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES public.alert_channels(id);

ALTER TABLE ONLY public.report_circulars
    ADD CONSTRAINT report_circulars_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.report_circulars
    ADD CONSTRAINT report_circulars_report_id_fkey FOREIGN KEY (report_id) REFERENCES public.reports(id);

ALTER TABLE ONLY public.reports
    ADD CONSTRAINT reports_issue_id_fkey FOREIGN KEY (issue_id) REFERENCES public.issues(id);

ALTER TABLE ONLY public.reports
    ADD CONSTRAINT reports_previous_id_fkey FOREIGN KEY (previous_id) REFERENCES public.reports(id);

ALTER TABLE ONLY public.response_answers
    ADD CONSTRAINT response_answers_response_id_fkey FOREIGN KEY (response_id) REFERENCES public.issue_responses(id);

ALTER TABLE ONLY public.response_cases
    ADD CONSTRAINT response_cases_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.response_cases
    ADD CONSTRAINT response_cases_reply_id_fkey FOREIGN KEY (reply_id) REFERENCES public.replies(id);

ALTER TABLE ONLY public.response_cases
    ADD CONSTRAINT response_cases_response_id_fkey FOREIGN KEY (response_id) REFERENCES public.issue_responses(id);

ALTER TABLE ONLY public.response_clocks
    ADD CONSTRAINT response_clocks_response_id_fkey FOREIGN KEY (response_id) REFERENCES public.issue_responses(id);

ALTER TABLE ONLY public.response_events
    ADD CONSTRAINT response_events_response_id_fkey FOREIGN KEY (response_id) REFERENCES public.issue_responses(id);

ALTER TABLE ONLY public.response_tasks
    ADD CONSTRAINT response_tasks_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.response_tasks
    ADD CONSTRAINT response_tasks_response_id_fkey FOREIGN KEY (response_id) REFERENCES public.issue_responses(id);

ALTER TABLE ONLY public.review_rules
    ADD CONSTRAINT review_rules_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.saved_views
    ADD CONSTRAINT saved_views_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.score_appeals
    ADD CONSTRAINT score_appeals_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.score_appeals
    ADD CONSTRAINT score_appeals_row_id_fkey FOREIGN KEY (row_id) REFERENCES public.score_rows(id);

ALTER TABLE ONLY public.score_deductions
    ADD CONSTRAINT score_deductions_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.score_deductions
    ADD CONSTRAINT score_deductions_scheme_id_fkey FOREIGN KEY (scheme_id) REFERENCES public.score_schemes(id);

ALTER TABLE ONLY public.score_rows
    ADD CONSTRAINT score_rows_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.score_rows
    ADD CONSTRAINT score_rows_sheet_id_fkey FOREIGN KEY (sheet_id) REFERENCES public.score_sheets(id);

ALTER TABLE ONLY public.score_schemes
    ADD CONSTRAINT score_schemes_replaces_id_fkey FOREIGN KEY (replaces_id) REFERENCES public.score_schemes(id);

ALTER TABLE ONLY public.score_sheets
    ADD CONSTRAINT score_sheets_scheme_id_fkey FOREIGN KEY (scheme_id) REFERENCES public.score_schemes(id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.shadow_differences
    ADD CONSTRAINT shadow_differences_classifier_id_fkey FOREIGN KEY (classifier_id) REFERENCES public.classifier_versions(id);

ALTER TABLE ONLY public.shadow_differences
    ADD CONSTRAINT shadow_differences_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES public.submissions(id);

ALTER TABLE ONLY public.shadow_queue
    ADD CONSTRAINT shadow_queue_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES public.submissions(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.submission_links
    ADD CONSTRAINT submission_links_earlier_id_fkey FOREIGN KEY (earlier_id) REFERENCES public.submissions(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.submission_links
    ADD CONSTRAINT submission_links_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES public.submissions(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.submissions
    ADD CONSTRAINT submissions_import_id_fkey FOREIGN KEY (import_id) REFERENCES public.imports(id);

ALTER TABLE ONLY public.telling_words
    ADD CONSTRAINT telling_words_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES public.submissions(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.topic_labels
    ADD CONSTRAINT topic_labels_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES public.submissions(id);

ALTER TABLE ONLY public.topic_labels
    ADD CONSTRAINT topic_labels_topic_code_fkey FOREIGN KEY (topic_code) REFERENCES public.topics(code);

ALTER TABLE ONLY public.topics
    ADD CONSTRAINT topics_parent_code_fkey FOREIGN KEY (parent_code) REFERENCES public.topics(code);

ALTER TABLE ONLY public.training_runs
    ADD CONSTRAINT training_runs_classifier_id_fkey FOREIGN KEY (classifier_id) REFERENCES public.classifier_versions(id);

ALTER TABLE ONLY public.unit_clocks
    ADD CONSTRAINT unit_clocks_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id);

ALTER TABLE ONLY public.unit_clocks
    ADD CONSTRAINT unit_clocks_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.word_blocks
    ADD CONSTRAINT word_blocks_day_fkey FOREIGN KEY (day) REFERENCES public.word_days(day) ON DELETE CASCADE;

GRANT USAGE ON SCHEMA public TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.accounts TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.accounts_id_seq TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.administration_events TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.administration_events_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.alert_channels TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.alert_channels_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.alert_deliveries TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.alert_deliveries_id_seq TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.alert_events TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.alert_events_id_seq TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.alert_settings TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.alert_settings_id_seq TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.alert_submissions TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.alerts TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.alerts_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.amber_thresholds TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.analyses TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.assignments TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.assignments_id_seq TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.attachment_contents TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.attachment_removals TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.attachments TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.attachments_id_seq TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.audit_samples TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.bursts TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.bursts_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.calendar_changes TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.calendar_changes_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.calendar_days TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.callback_rules TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.callback_rules_id_seq TO wenzheng_app;

GRANT SELECT,DELETE ON TABLE public.case_arrivals TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.case_arrivals_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.case_callbacks TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.case_callbacks_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.case_escalations TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.case_events TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.case_events_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.case_exclusions TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.case_exclusions_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.case_extensions TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.case_extensions_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.case_mentions TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.case_mentions_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.case_merges TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.case_merges_id_seq TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.case_parts TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.case_returns TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.case_returns_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.case_search TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.case_supervisions TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.case_supervisions_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.case_suspensions TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.case_suspensions_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.cases TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.cases_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.casework_rules TO wenzheng_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.city TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.classifier_files TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.classifier_versions TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.classifier_versions_id_seq TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.consent_withdrawals TO wenzheng_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.deadline_rules TO wenzheng_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.departments TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.disclosures TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.disclosures_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.dispatch_rules TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.dispatch_rules_id_seq TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.dispatch_thresholds TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.dispatch_thresholds_id_seq TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.drift_reports TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.drift_reports_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.early_sign_thresholds TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.escalation_rules TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.escalation_rules_id_seq TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.event_seals TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.event_seals_id_seq TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.exports TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.exports_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE public.fact_cells TO wenzheng_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.fact_changes TO wenzheng_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.fact_chunks TO wenzheng_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.fact_codes TO wenzheng_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.fact_columns TO wenzheng_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.fact_mark TO wenzheng_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.fact_packs TO wenzheng_app;

GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE public.fact_rows TO wenzheng_app;

GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE public.fact_slices TO wenzheng_app;

GRANT SELECT ON TABLE public.first_dispatches TO wenzheng_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.forecasts TO wenzheng_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.hourly_counts TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.imports TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.imports_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.integrity_counts TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.integrity_reviews TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.integrity_reviews_id_seq TO wenzheng_app;

GRANT SELECT,UPDATE ON TABLE public.integrity_rules TO wenzheng_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.issue_counts TO wenzheng_app;

GRANT SELECT,UPDATE ON TABLE public.issue_counts_mark TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.issue_decisions TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.issue_decisions_id_seq TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.issue_level_changes TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.issue_level_changes_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.issue_levels TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.issue_members TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.issue_proposals TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.issue_proposals_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.issue_responses TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.issue_responses_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.issue_separations TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.issue_settings TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.issue_settings_id_seq TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.issue_steps TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.issues TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.learning_settings TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.learning_settings_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.learnt_places TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.near_keys TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.near_signatures TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.near_signatures_entry_seq TO wenzheng_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notification_queue TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.notification_settings TO wenzheng_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notification_templates TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.notifications TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.notifications_id_seq TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.originals TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.person_searches TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.person_searches_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.places TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.publication_withdrawals TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.published_answers TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.published_answers_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.rate_counters TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.receipt_number_seq TO wenzheng_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.regions TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.replies TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.replies_id_seq TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.reply_draft_texts TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.reply_draft_texts_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.reply_drafts TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.reply_drafts_id_seq TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.reply_files TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.reply_signatures TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.reply_templates TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.reply_templates_id_seq TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.reply_withdrawals TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.report_circulars TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.report_circulars_id_seq TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.report_templates TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.report_templates_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.reports TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.reports_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.response_answers TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.response_answers_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.response_cases TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.response_cases_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.response_clocks TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.response_events TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.response_events_id_seq TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.response_hours TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.response_hours_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.response_tasks TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.response_tasks_id_seq TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.submission_links TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.submissions TO wenzheng_app;

GRANT UPDATE(state) ON TABLE public.submissions TO wenzheng_app;

GRANT SELECT ON TABLE public.returned_matters TO wenzheng_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.review_rules TO wenzheng_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.saved_views TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.saved_views_id_seq TO wenzheng_app;

GRANT SELECT ON TABLE public.schema_migrations TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.score_appeals TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.score_appeals_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.score_deductions TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.score_deductions_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.score_rows TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.score_rows_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.score_schemes TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.score_schemes_id_seq TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.score_sheets TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.score_sheets_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.series_counts TO wenzheng_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sessions TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.sessions_number_seq TO wenzheng_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.shadow_differences TO wenzheng_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.shadow_queue TO wenzheng_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.topics TO wenzheng_app;

GRANT SELECT ON TABLE public.shown_answers TO wenzheng_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.solved_blocks TO wenzheng_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.solved_terms TO wenzheng_app;

GRANT UPDATE(weight) ON TABLE public.solved_terms TO wenzheng_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.stale_facts TO wenzheng_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.stale_hours TO wenzheng_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.stale_word_days TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.submissions_id_seq TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.telling_words TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.topic_labels TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.topic_labels_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.training_runs TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.training_runs_id_seq TO wenzheng_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.unit_clocks TO wenzheng_app;

GRANT USAGE ON SEQUENCE public.unit_clocks_id_seq TO wenzheng_app;

GRANT SELECT ON TABLE public.voices TO wenzheng_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.word_blocks TO wenzheng_app;

GRANT SELECT,INSERT ON TABLE public.word_codes TO wenzheng_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.word_days TO wenzheng_app;
