"""A link for any panel that can send people with an id and take them back: CloudResearch Connect, a university's pool."""
