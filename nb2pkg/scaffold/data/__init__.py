"""From files to rows: reading, checking, preparing."""
