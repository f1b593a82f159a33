-- The open cases of a unit are counted in the index alone: with what `case_facts` and `matching_cases` look at.
-- (`submission_id`: case_facts joins by it, and PostgreSQL asks for it even where the join is left out.)
DROP INDEX cases_lead_open;
CREATE INDEX cases_lead_open ON cases (lead_department_id, due_at, id)
    INCLUDE (due_date, status, merged_into, parts, submission_id)
    WHERE status IN ('triage', 'dispatched', 'in_progress');
