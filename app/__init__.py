"""The desktop window of Bandsaw. Reaches the engine through `engine.api` only."""
