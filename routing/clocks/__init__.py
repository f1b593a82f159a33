"""Until when: working days, deadlines, what moves them, and who is told when they pass."""
