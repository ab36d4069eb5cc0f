"""Tests of Nearfield."""
