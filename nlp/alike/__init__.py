"""Which letters are alike: word for word, nearly, or in what they are about. Pure; the index lies in the database."""
