"""The whole road on one machine: prompts, images, blinded votes, the table."""
