"""How the classifiers of a city come about: candidates, gate, shadow, promise, drift, places."""
