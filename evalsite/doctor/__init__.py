"""`manage.py doctor`: looks at the whole installation, and says of each fault what to do."""
