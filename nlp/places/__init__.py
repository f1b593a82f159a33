"""Where a matter is: regions, known places, and names that tell by their last characters what they are."""
