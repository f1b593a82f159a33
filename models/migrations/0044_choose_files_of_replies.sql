-- Which attachments go with a reply, and to whom: chosen with the draft, kept with the reply that was sent.
CREATE TYPE file_audience AS ENUM ('writer', 'writers', 'public');

-- By number of the attachment: whom it goes to, null for one that stays; for others what is usual.
ALTER TABLE reply_drafts ADD COLUMN files jsonb NOT NULL DEFAULT '{}';

CREATE TABLE reply_files (
    reply_id      bigint NOT NULL REFERENCES replies,
    attachment_id bigint NOT NULL REFERENCES attachments,
    audience      file_audience NOT NULL,
    -- as whoever gets it reads it: without the name of another person
    name          text NOT NULL CHECK (name <> ''),
    PRIMARY KEY (reply_id, attachment_id)
);
CREATE INDEX reply_files_attachment ON reply_files (attachment_id);

-- Until now a file went with the next reply of its unit that stands, to the one submitter alone.
INSERT INTO reply_files (reply_id, attachment_id, audience, name)
SELECT DISTINCT ON (a.id) p.id, a.id, 'writer'::file_audience, a.name
FROM attachments a
JOIN replies p ON p.case_id = a.case_id AND p.created_at >= a.at AND p.department_id IS NOT DISTINCT FROM a.department_id
WHERE a.for_submitter AND NOT EXISTS (SELECT FROM reply_withdrawals w WHERE w.reply_id = p.id)
ORDER BY a.id, p.id;

-- What waits for its review takes along what its reviewer was shown.
UPDATE reply_drafts d SET files = w.files
FROM (
    SELECT d.id, jsonb_object_agg(a.id, 'writer') AS files
    FROM reply_drafts d
    JOIN attachments a ON a.case_id = d.case_id AND a.for_submitter AND a.department_id IS NOT DISTINCT FROM d.department_id
    WHERE d.state = 'in_review'
      AND NOT EXISTS (SELECT FROM attachment_removals r WHERE r.attachment_id = a.id)
      AND NOT EXISTS (SELECT FROM reply_files f WHERE f.attachment_id = a.id)
    GROUP BY d.id) w
WHERE w.id = d.id;

CREATE TRIGGER reply_files_append_only BEFORE UPDATE OR DELETE ON reply_files
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reply_files_no_truncate BEFORE TRUNCATE ON reply_files
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON reply_files TO wenzheng_app;
