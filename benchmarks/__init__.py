"""Ours beside torch on the same work: `python -m benchmarks`."""
