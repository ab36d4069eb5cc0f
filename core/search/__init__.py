"""Find artists: by name or id, and by how similar they are in a space."""
