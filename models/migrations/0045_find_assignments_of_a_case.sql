-- A case page asks for all units that ever had the case, and triage who had the solved ones: without this each such
-- question reads the whole table.
CREATE INDEX assignments_case ON assignments (case_id);
