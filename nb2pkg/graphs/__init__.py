"""The graph of a notebook as a reader sees it: as text, Mermaid, DOT, JSON or a drawing."""
