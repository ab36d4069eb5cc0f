"""musicnn: tags and vectors of real music from two small networks (Pons and Serra, 2019)."""
