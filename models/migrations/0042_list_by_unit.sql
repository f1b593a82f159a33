-- Lists and searches of one unit stay quick with a million cases.

-- Which cases a unit works on is told by this index alone, and by neighbouring pages of it: a search in a unit asks it of
-- every case that has the words.
DROP INDEX assignments_department;
CREATE INDEX assignments_unit ON assignments (department_id, case_id) WHERE ended_at IS NULL;

-- What a unit's list is filtered by stands in the index of its cases: to count them nothing else is read, whatever is
-- asked. (`submission_id`: as in 0036.)
DROP INDEX cases_lead;
CREATE INDEX cases_lead ON cases (lead_department_id, due_at, id)
    INCLUDE (status, topic_code, region_code, urgency, appeal_type, channel, sentiment, merged_into, parent_id, parts,
             submitted_at, completed_at, due_date, submission_id);
