"""What Mechanical Turk shows a worker, and what it hands back: question forms, the images in them, and their answers."""
