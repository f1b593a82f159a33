"""May the classifier be trusted: promises, gates, drift, and which letters people should look at."""
