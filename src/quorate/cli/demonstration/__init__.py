"""The demonstration: simulated people and a real classifier, all of them HTTP clients of a real server."""
