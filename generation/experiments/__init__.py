"""The papers' own studies of the rules: what they do on a Gaussian mixture, and to the images of a class."""
