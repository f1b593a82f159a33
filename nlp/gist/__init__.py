"""What a long text says in short: its sentences, its matters, a summary, who, where, when, what and the wish."""
