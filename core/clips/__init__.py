"""From a clip or from words to artists: analysis, routes to the catalogue, and the service that the app uses."""
