"""From a votes file to the tables of a paper. Knows no Django and no database."""
