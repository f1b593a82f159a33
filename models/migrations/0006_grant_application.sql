-- The role the program works under: it cannot change history, the schema or its own rights.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wenzheng_app') THEN
        CREATE ROLE wenzheng_app NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- another database of the same server was quicker
END
$$;

GRANT USAGE ON SCHEMA public TO wenzheng_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO wenzheng_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO wenzheng_app;
REVOKE UPDATE, DELETE ON case_events, event_seals, administration_events FROM wenzheng_app;
-- What was written, said and answered stays as it was; of a submission only its place in the queue changes.
REVOKE UPDATE, DELETE ON replies, originals, analyses, submissions FROM wenzheng_app;
GRANT UPDATE (state) ON submissions TO wenzheng_app;
REVOKE DELETE ON cases, assignments, imports, accounts FROM wenzheng_app;
REVOKE INSERT, UPDATE, DELETE ON schema_migrations FROM wenzheng_app;
