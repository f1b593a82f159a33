"""What staff do, for pages and JSON alike: cases, replies, issues, what is known of them."""
