"""Odd things that stand where a file should (怪文件)."""

import contextlib
import json
import os
import socket
from pathlib import Path

HUGE = 40_000_000_000
BRACKETS = "[" * 60_000


def sparse(path, size=HUGE):
    path.touch()
    os.truncate(path, size)


def unix_socket(path):
    with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as made_here:
        made_here.bind(path.name)


def text(written):
    return lambda path: path.write_text(written, "utf-8")


def many(count, size):
    def write(path):
        for number in range(count):
            sparse(path.with_name(f"{number}_{path.name}"), size)
    return write


def manifest_with(**changes):
    def act(folder):
        path = folder / "manifest.json"
        path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes), "utf-8")
    return act


def instead(name, act):
    def replaced(folder):
        (folder / name).unlink()
        act(folder / name)
    return replaced


RECORDS = {  # what may stand in the place of a JSON record
    "a pipe": os.mkfifo, "a folder": Path.mkdir, "brackets": text(BRACKETS),
    "a list": text("[]"), "a number": text("5"), "nothing": Path.touch,
    "other things": text('{"key": 5, "roll": 5, "files": [], "run_id": {}}'),
    "40 GB": sparse, "a lost link": lambda p: p.symlink_to("nowhere")}
