-- The nearest labelled letters that a topic was explained with, as they were at the time (reference, topic, title, likeness).
ALTER TABLE analyses ADD COLUMN neighbours jsonb NOT NULL DEFAULT '[]';
