"""The researcher's side of Mechanical Turk: one file for each page. urls.py lists them."""
