"""Pages for administrators: the city, rules, calendar, classifiers, messages."""
