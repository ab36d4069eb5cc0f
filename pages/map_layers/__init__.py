"""What maps of a catalogue are drawn from, for every page that draws one."""
