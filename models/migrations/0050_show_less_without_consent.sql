-- What is shown of a published answer, once more (0046), with three changes. A case is hidden where it was left out of all numbers,
-- not where one rate leaves it out, else who asks for an exclusion hides an answer. It is hidden where the unit's last word was
-- for the writer alone: what was said in public before it is not how the matter stands. And what only the writer
-- could say – the day of the letter, how content they are – is shown with their consent alone.
CREATE OR REPLACE VIEW shown_answers AS
SELECT p.id AS number, p.case_id, p.reply_id, p.published_at, p.department_id, p.topic_code AS first_topic,
       c.topic_code, p.region_code, o.by_letter,
       CASE WHEN o.consented THEN p.title ELSE '' END AS title,
       CASE WHEN o.consented THEN p.letter ELSE '' END AS letter,
       p.reply, s.submitted_at, r.created_at AS replied_at, c.completed_at, c.completion_result AS result,
       (SELECT b.satisfaction FROM case_callbacks b
        WHERE o.consented AND b.case_id = c.id AND b.current AND b.state = 'done') AS satisfaction
FROM published_answers p
JOIN cases c ON c.id = p.case_id
JOIN submissions s ON s.id = c.submission_id
JOIN replies r ON r.id = p.reply_id
LEFT JOIN topics t ON t.code = c.topic_code
LEFT JOIN topics u ON u.code = t.parent_code
CROSS JOIN LATERAL (
    SELECT p.letter = '' OR has_consent(s.id) AS by_letter, p.letter <> '' AND has_consent(s.id) AS consented OFFSET 0) o
WHERE p.withdrawn_at IS NULL
  AND c.status IN ('completed', 'closed') AND c.completed_at = p.completed_at AND c.merged_into IS NULL AND c.parts = 0
  AND r.public AND NOT EXISTS (SELECT FROM reply_withdrawals w WHERE w.reply_id = r.id)
  AND NOT EXISTS (
      SELECT FROM replies later
      WHERE later.case_id = c.id AND later.id > r.id AND NOT later.public
        AND NOT EXISTS (SELECT FROM reply_withdrawals w WHERE w.reply_id = later.id))
  AND NOT coalesce(t.confidential, false) AND NOT coalesce(u.confidential, false)
  AND NOT is_protected_letter(s.id)
  AND NOT EXISTS (
      SELECT FROM cases m LEFT JOIN topics mt ON mt.code = m.topic_code
      WHERE m.merged_into = c.id AND (coalesce(mt.confidential, false) OR is_protected_letter(m.submission_id)))
  AND NOT EXISTS (SELECT FROM case_exclusions x WHERE x.case_id = c.id AND x.metric = 'all' AND x.state = 'accepted');
