"""Training artist embedders: configuration, triplets, the loop, runs on disk and background jobs."""
