"""Training: songs rendered from an asset pack or read from folders, augmentation, loss and the loop."""
