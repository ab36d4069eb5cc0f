"""Finding artists: by name or id, and by how near they are in a space."""
