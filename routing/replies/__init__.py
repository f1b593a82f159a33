"""What is answered: drafts and their review, templates, the files that go along, what is published."""
