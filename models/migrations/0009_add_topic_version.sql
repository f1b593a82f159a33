-- Which topic classifier spoke, counted without reading whole analyses; and the audit's queue in its order.
ALTER TABLE analyses ADD COLUMN topic_version text GENERATED ALWAYS AS (coalesce(versions->>'topic', '')) STORED;
CREATE INDEX analyses_topic_version ON analyses (topic_version, submission_id);
CREATE INDEX audit_samples_drawn ON audit_samples (drawn_at);
