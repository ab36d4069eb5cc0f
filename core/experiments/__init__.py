"""Experiments: grids of runs, the results table and its summaries, fitting of fusions, hits and misses."""
