"""The words, the tables, the settings and the errors. Imports nothing of ours."""
