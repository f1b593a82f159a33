"""Pages of replies: the form, the review, templates."""
