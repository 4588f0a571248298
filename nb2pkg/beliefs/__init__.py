"""What the engine believes about each variable, told in words."""
