"""What is wrong with a reply, before it is sent? Pure rules over letter and reply; nothing is held back by them."""
