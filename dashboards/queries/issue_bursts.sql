-- 热点问题的诉求量异常 issue_bursts
-- numerator:   the upward bursts that were found in one issue, the earliest first, while posts of it came
-- denominator: none
-- exclusions:  bursts of letters and calls alone
-- source:      bursts, issue_members, submissions
SELECT b.since
FROM bursts b
WHERE b.issue_id = %(issue)s AND b.direction = 'up'
  AND EXISTS (SELECT FROM issue_members m JOIN submissions s ON s.id = m.submission_id
              WHERE m.issue_id = b.issue_id AND s.channel = 'social' AND s.submitted_at BETWEEN b.since AND b.found)
ORDER BY b.since
LIMIT 1
