-- A matter that came back counts once for each completion that it speaks against, however many letters said it again and
-- into however many parts these were split. Of a split letter the parts are what was completed: the one about the topic
-- of the new letter, all where none is; neither the letter as a whole nor a part that was taken back into it.
CREATE OR REPLACE VIEW returned_matters AS
SELECT DISTINCT ON (x.case_id, x.completed_at)
       x.case_id, x.came_back_case_id, x.at, x.completed_at, lead_at(x.case_id, x.completed_at) AS department_id
FROM (
    SELECT DISTINCT ON (c.id, again.id)
           c.id AS case_id, again.id AS came_back_case_id, later.submitted_at AS at, done.at AS completed_at
    FROM submission_links l
    JOIN cases c ON c.submission_id = l.earlier_id
    JOIN submissions earlier ON earlier.id = l.earlier_id
    JOIN submissions later ON later.id = l.submission_id AND later.submitter_key = earlier.submitter_key
    JOIN cases again ON again.submission_id = later.id AND again.parent_id IS NULL
    JOIN case_events done ON done.case_id = c.id AND done.action = 'complete' AND done.at < later.submitted_at
    JOIN integrity_rules r ON r.rule = 'came_back' AND r.name = 'days'
    WHERE l.certain
      AND later.submitted_at <= done.at + make_interval(days => r.value)
      AND c.parts = 0
      AND (c.merged_into IS NULL OR c.merged_into IS DISTINCT FROM c.parent_id)
      AND (c.parent_id IS NULL OR c.topic_code IS NOT DISTINCT FROM again.topic_code OR NOT EXISTS (
          SELECT FROM cases s WHERE s.parent_id = c.parent_id AND s.topic_code = again.topic_code))
      AND NOT EXISTS (
          SELECT FROM case_events e
          WHERE e.case_id = c.id AND e.action::text IN ('reopen', 'rework') AND e.seq > done.seq
            AND e.at <= later.submitted_at)
    ORDER BY c.id, again.id, done.at DESC
) x
ORDER BY x.case_id, x.completed_at, x.at, x.came_back_case_id;
