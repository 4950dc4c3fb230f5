"""Nornir extension points: connection, secrets, processors."""
