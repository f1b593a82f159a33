"""Files of letters in, files of findings out: no database."""
