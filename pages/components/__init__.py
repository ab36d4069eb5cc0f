"""What pages are drawn with. Each component draws the data it is given and knows nothing about the rest of the app."""
