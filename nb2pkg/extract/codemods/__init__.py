"""Passes over the author's statements, one file each; every pass is idempotent and all or nothing."""
