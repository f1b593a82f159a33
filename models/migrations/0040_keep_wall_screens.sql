-- A screen in a hall stays on for weeks: a session that shows the wall and nothing else, and is not ended by idleness.
ALTER TABLE sessions ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY, ADD COLUMN wall_name text;
