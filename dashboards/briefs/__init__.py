"""Reports 日报 周报 月报 专报: facts become figures and sentences; each figure can be counted again."""
