"""From a clip or from words to artists: what is heard, the routes to the catalogue, the service of the app."""
