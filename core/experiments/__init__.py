"""Measuring: grids of runs, the results table and its summaries, fitting fusions, hits and misses."""
