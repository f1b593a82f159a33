"""What is likely to come: volumes, early handling, cases that may be late."""
