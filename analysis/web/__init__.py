"""The only Django part of the analysis: tables of the votes in the database."""
