"""What is wrong with a reply, before it is sent? Pure rules over the letter and the reply; nothing is held back by them."""
