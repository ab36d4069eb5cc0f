"""How every answer of a catalogue grows with its number of artists, on made-up worlds of any size."""
