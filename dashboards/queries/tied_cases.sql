-- 并单和拆分 tied_cases
-- numerator:   letters merged into another case; letters that were split; the parts they were split into that are
--              worked on. Each is `counted` of the same name in matching_cases. Cases of letters (one letter = one) and
--              cases that count (`received` of totals.sql) differ by them: received = cases - merged - split + parts
-- denominator: none
-- exclusions:  merges and splits that were undone
-- source:      cases
SELECT count(*) FILTER (WHERE merged_into IS NOT NULL AND parent_id IS NULL) AS merged,
       count(*) FILTER (WHERE parts > 0) AS split,
       count(*) FILTER (WHERE parent_id IS NOT NULL AND merged_into IS NULL) AS parts
FROM cases
WHERE merged_into IS NOT NULL OR parent_id IS NOT NULL OR parts > 0
