"""Artists, wherever a page shows them: finding, the card, hearing, the nearest, and the reasons."""
