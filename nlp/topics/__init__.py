"""What a text is about: classifiers, their training, their artifacts, their reasons."""
