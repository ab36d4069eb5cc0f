"""Artists, wherever a page shows them: search, card, player, nearest artists, and reasons."""
