"""The data that maps of a catalogue are drawn from, for every page with a map."""
