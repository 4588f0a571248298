"""Code that runs in the notebook's or the package's interpreter; it imports nothing of nb2pkg."""
