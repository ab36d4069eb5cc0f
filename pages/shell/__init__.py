"""What every page shares: state in the URL, cached resources, the artist card and the look."""
