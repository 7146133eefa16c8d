"""From a song file to its stems on disk: device, segments, both stages, overlap-add, and the process it runs in."""
