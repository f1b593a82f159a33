"""The cases behind a number: lists, their order, search in them, files of them."""
