"""Every door: JSON API, web pages, worker, command line. The only assembler."""
