"""What `wenzheng bench` measures."""
