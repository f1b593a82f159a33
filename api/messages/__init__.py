"""Messages on their way out: e-mail, SMS, webhooks, what waits and what became of it."""
