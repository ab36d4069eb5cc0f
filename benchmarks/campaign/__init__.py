"""Campaigns against the ground that Nearfield stands on: killed writers, foreign bytes, and several writers at once."""
