"""A visitor's lists: the buttons that fill them, the sidebar panel, the dialog, and their files."""
