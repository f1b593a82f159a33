"""Families of commands of `wenzheng`."""
