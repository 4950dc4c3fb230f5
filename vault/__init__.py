"""Receive, prove, keep and forget backups; knows neither Nornir nor the device's API."""
