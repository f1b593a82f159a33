"""The shapes of the JSON door: what comes in, what goes out. Field names are the field's words (docs/glossary.md)."""
