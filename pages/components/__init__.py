"""What pages are drawn with: each draws what it is handed, and knows nothing of the rest."""
