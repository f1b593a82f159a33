"""What an analyst asks for: views, tables, lines, comparisons of units and periods."""
