"""Encoders: what turns sound into vectors, tags or descriptors. A module for each, and `family` lists them."""
