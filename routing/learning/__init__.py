"""What people's decisions teach: labels, classifier versions, the promise, drift, learnt places."""
