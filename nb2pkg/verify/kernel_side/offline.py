"""Become another command in a network namespace of one's own, or end: ``offline.py OUTSIDE COMMAND...``, started by ``unshare``."""

from __future__ import annotations

import os
import socket
import struct
import sys

OWN_NETWORK = "/proc/self/ns/net"
SET_FLAGS, UP_AND_RUNNING = 0x8914, 0x1 | 0x40


def raise_loopback() -> None:
    """Bring ``lo`` up: what a notebook serves to itself on 127.0.0.1 works as ever."""
    from fcntl import ioctl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        ioctl(channel, SET_FLAGS, struct.pack("16sh", b"lo", UP_AND_RUNNING))


def main(outside: str, *command: str) -> None:
    """Run the command here, unless here is outside."""
    if os.readlink(OWN_NETWORK) == outside:
        raise SystemExit("the network is still there")
    raise_loopback()
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
