-- 回访抽样规则 callback_rules
-- numerator:   the versions of the city's rule by which callbacks are drawn, the newest first
-- denominator: none
-- exclusions:  rules of other profiles
-- source:      callback_rules; DOMAIN 2.1 formula 9: the rule stands beside the rate
SELECT r.version, r.share, r.shares, r.always::text[] AS always, r.attempts, r.basically_counts
FROM callback_rules r JOIN city c ON c.deadline_profile = r.profile
ORDER BY r.version DESC
