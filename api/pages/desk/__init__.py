"""Pages of a working day: queue, triage, requests, callbacks, supervision."""
