"""What is measured: `python -m benchmarks.fleet --help`."""
