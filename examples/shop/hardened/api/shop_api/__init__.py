"""The API of the example shop."""
