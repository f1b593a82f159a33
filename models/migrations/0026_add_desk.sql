-- The desks of the whole day: views that people keep, colleagues named in notes, what has just arrived, who was named
-- first as the lead and by what.

-- A filter that somebody keeps: the address is all it holds, so that a view shows what the list shows today.
CREATE TABLE saved_views (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id    bigint NOT NULL REFERENCES accounts,
    name          text NOT NULL CHECK (name <> ''),
    query         text NOT NULL,
    -- with the unit; with people of the same role where there is no unit
    shared        boolean NOT NULL DEFAULT false,
    position      integer NOT NULL,
    created_at    timestamptz NOT NULL,
    CONSTRAINT saved_view_name_taken UNIQUE (account_id, name)
);

-- Somebody was named in a note. The note itself is the event `event_seq` of the case.
CREATE TABLE case_mentions (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id       bigint NOT NULL REFERENCES cases,
    event_seq     integer NOT NULL,
    account_id    bigint NOT NULL REFERENCES accounts,
    actor         text NOT NULL,
    at            timestamptz NOT NULL,
    read_at       timestamptz,
    CONSTRAINT mentioned_once UNIQUE (case_id, event_seq, account_id)
);
CREATE INDEX case_mentions_unread ON case_mentions (account_id) WHERE read_at IS NULL;
CREATE INDEX case_mentions_account ON case_mentions (account_id, id);

-- How long before a clock runs out it turns amber; a profile without a row has the hours of the program.
CREATE TABLE amber_thresholds (
    profile       text NOT NULL,
    clock         text NOT NULL CHECK (clock IN ('complete', 'acknowledge', 'contact')),
    hours         integer NOT NULL CHECK (hours BETWEEN 0 AND 720),
    PRIMARY KEY (profile, clock)
);

-- Who was named first as the lead, and by what: the program by a learnt topic (model), the program by a row of the
-- catalogue that asks for no topic (rule), or a person. `given_on_at`: another unit leads since.
CREATE TYPE dispatch_source AS ENUM ('model', 'rule', 'person');
CREATE TABLE first_dispatches (
    case_id       bigint PRIMARY KEY REFERENCES cases,
    department_id text NOT NULL REFERENCES departments,
    source        dispatch_source NOT NULL,
    at            timestamptz NOT NULL,
    given_on_at   timestamptz
);

-- What came to a unit (NULL: to triage), for the number of new cases on open pages. `txid` says exactly what a page
-- could not see when it was made, in whatever order transactions end. Kept for a day.
CREATE TABLE case_arrivals (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    txid          xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    department_id text,
    cases         integer NOT NULL
);
CREATE INDEX case_arrivals_at ON case_arrivals (at);

-- Both tables are written here and nowhere else, from the events themselves: the program's role may not, so that
-- neither number can be bent.
CREATE FUNCTION note_dispatches() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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

INSERT INTO first_dispatches (case_id, department_id, source, at, given_on_at)
SELECT DISTINCT ON (e.case_id) e.case_id, e.payload->>'lead',
       CASE WHEN e.actor LIKE 'account:%' OR e.payload->>'rule_id' IS NULL THEN 'person'
            WHEN r.topic_code IS NULL THEN 'rule' ELSE 'model' END::dispatch_source, e.at,
       (SELECT min(g.at) FROM case_events g
        WHERE g.case_id = e.case_id AND g.seq > e.seq AND g.payload->>'lead' <> e.payload->>'lead'
          -- as text: these actions may be as new as this migration
          AND g.action::text IN ('redispatch', 'accept_return', 'designate'))
FROM case_events e LEFT JOIN dispatch_rules r ON r.id = (e.payload->>'rule_id')::bigint
WHERE e.action = 'dispatch'
ORDER BY e.case_id, e.seq;

CREATE TRIGGER case_events_note_dispatches AFTER INSERT ON case_events
    REFERENCING NEW TABLE AS new_events FOR EACH STATEMENT EXECUTE FUNCTION note_dispatches();

-- 及时签收: the cases of which a sign-in clock has run out, and whether all of those were met in time.
CREATE FUNCTION sign_ins(as_of timestamptz) RETURNS TABLE (case_id bigint, in_time boolean) LANGUAGE sql STABLE AS $$
    SELECT u.case_id, bool_and(u.met_at IS NOT NULL AND u.met_at <= u.due_at) FROM unit_clocks u
    WHERE u.kind = 'acknowledge' AND u.due_at <= as_of
      -- taken from the unit before it ran out: nobody's fault
      AND (u.ended_at IS NULL OR u.ended_at > u.due_at)
    GROUP BY u.case_id
$$;

-- The filter of lists and numbers learns: open and not late, the due day, first dispatch, returns, sign-in. Other
-- migrations change the same function, so this one changes what it finds instead of writing all of it anew.
DO $migration$
DECLARE
    definition text := pg_get_functiondef('matching_cases(timestamptz, jsonb)'::regprocedure);
    states constant text := $state$WHEN 'in_time' THEN f.is_open AND NOT coalesce(f.is_overdue, false) AND NOT EXISTS (
                   SELECT FROM case_suspensions p WHERE p.case_id = f.id AND p.state = 'running')
               WHEN 'first_dispatched' THEN EXISTS (SELECT FROM first_dispatches d WHERE d.case_id = f.id)
               WHEN 'first_right' THEN EXISTS (
                   SELECT FROM first_dispatches d WHERE d.case_id = f.id AND d.given_on_at IS NULL)
               WHEN 'return_asked' THEN EXISTS (SELECT FROM case_returns r WHERE r.case_id = f.id)
               WHEN 'return_accepted' THEN EXISTS (
                   SELECT FROM case_returns r WHERE r.case_id = f.id AND r.state = 'accepted')
               WHEN 'return_refused' THEN EXISTS (
                   SELECT FROM case_returns r WHERE r.case_id = f.id AND r.state = 'refused')
               WHEN 'sign_in_due' THEN f.id IN (SELECT g.case_id FROM sign_ins(as_of) g)
               WHEN 'signed_in_on_time' THEN f.id IN (SELECT g.case_id FROM sign_ins(as_of) g WHERE g.in_time)
               WHEN 'awaiting_triage'$state$;
    days constant text := $days$
      AND (criteria->>'due_from' IS NULL OR f.due_date >= (criteria->>'due_from')::date)
      AND (criteria->>'due_to' IS NULL OR f.due_date <= (criteria->>'due_to')::date)
      AND (criteria->>'dispatch_source' IS NULL OR EXISTS (
           SELECT FROM first_dispatches d
           WHERE d.case_id = f.id AND d.source::text = criteria->>'dispatch_source'))
      AND (criteria->>'channel' IS NULL$days$;
    changed text;
BEGIN
    changed := replace(definition, $old$WHEN 'awaiting_triage'$old$, states);
    changed := replace(changed, $old$
      AND (criteria->>'channel' IS NULL$old$, days);
    IF strpos(changed, 'in_time') = 0 OR strpos(changed, 'due_from') = 0 THEN
        RAISE EXCEPTION 'matching_cases is not as this migration knows it';
    END IF;
    EXECUTE changed;
END
$migration$;

GRANT SELECT, INSERT, UPDATE, DELETE ON saved_views TO wenzheng_app;
GRANT SELECT, INSERT, UPDATE ON case_mentions, amber_thresholds TO wenzheng_app;
GRANT SELECT ON first_dispatches TO wenzheng_app;
GRANT SELECT, DELETE ON case_arrivals TO wenzheng_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO wenzheng_app;
