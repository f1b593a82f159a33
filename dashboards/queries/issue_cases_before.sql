-- 网络集中反映之前的工单 issue_cases_before
-- numerator:   cases of one issue from letters and the hotline, submitted before the moment `before`, the earliest
--              first; `total` counts all of them, also those beyond the first `most`
-- denominator: none
-- exclusions:  surveys and posts, whether or not a case was opened from them; the parts of a letter (one letter = one)
-- source:      issue_members, cases
SELECT c.case_number, c.title, c.channel, c.submitted_at, c.status, c.confidential, count(*) OVER () AS total
FROM issue_members m
JOIN cases c ON c.submission_id = m.submission_id AND c.parent_id IS NULL
WHERE m.issue_id = %(issue)s AND c.channel IN ('letter', 'hotline') AND c.submitted_at < %(before)s
ORDER BY c.submitted_at, c.id
LIMIT %(most)s
