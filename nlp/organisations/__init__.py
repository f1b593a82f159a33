"""Which departments and companies a text names, and which of them it complains about."""
