"""What calls for attention now: counts over time, bursts in them, alerts and where they are sent."""
