"""Run the command line with ``python -m``."""

from nb2pkg.scaffold.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
