"""What surrounds every page: navigation, state in the URL, cached resources, guide and style."""
