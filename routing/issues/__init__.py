"""What many say about one thing: how voices join issues, what people decide, how an issue is answered."""
