"""What a writer feels and what about: polarity with strength, emotion, and whether it is the matter that is bad, those
who should act, a rule, or an earlier reply."""
