"""`python -m nb2pkg`, the same as the command `nb2pkg`."""

from nb2pkg.cli import main

main()
