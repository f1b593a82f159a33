"""The Celery tasks: each nudges one piece of work whose rows wait."""
