"""One question a file. Each opens with its numerator, denominator, exclusions and source."""
