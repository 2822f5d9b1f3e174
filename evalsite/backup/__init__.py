"""Backups of a site that runs, and the way back.

A backup is a folder of *generations*, each with a copy of the database, a list of the files that its rows name, and a manifest;
and of *objects*, the files' contents under their SHA-256, which all generations share. What is in a backup is therefore
written once, however many generations name it, and every object can be checked against its own name.

A generation is consistent although workers and researchers go on meanwhile, because of the order:

1. The copy of the database shows one moment: SQLite's online backup reads inside one read transaction, and pg_dump reads the
   snapshot that the transaction exported in which rows are counted and files' names are read, too.
2. A file is in the storage before the transaction is committed whose row names it, so at that moment every file is there.
3. A file that a row names is neither changed nor deleted: images have their content's checksum in their name, files of
   comparisons and examples a random name of their own, and `tidy` deletes only what no row names. So every file is there still
   when it is copied afterwards, be that hours later; or its row was deleted meanwhile, and the backup says that it is missing.
   What comes after the moment belongs to the next generation.
4. Results are computed again where their folder is missing. A folder is put into its place whole; one that was replaced by
   newer results while it was copied is left out as a whole.

A generation is written under another name, flushed to the disk, and renamed: one that was killed never looks like a whole one.
"""
