"""What a visitor keeps: the lists, the buttons that fill them, and the files they come and go by."""
