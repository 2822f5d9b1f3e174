"""A small text-to-image model that needs no download, and the world of coloured shapes it was trained on."""
