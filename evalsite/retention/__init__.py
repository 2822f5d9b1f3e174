"""What goes by itself, and when; docs/data.md has the table of everything."""
