"""Letting one other user pass through our folders, and nobody else.

As root the database runs under `postgres` or `nobody`. Where the data folder lies below a private one (mode 0700, such
as a fresh temporary folder or /root), that user cannot reach it. Opening the folder to everybody would be wrong, so we
add a POSIX access control entry: this one user may pass, not list. (What `setfacl -m u:USER:x DIR` does; written here
because the tool is not on bare machines.)
"""

import os
import struct
import subprocess
from pathlib import Path

from models.errors import Unavailable

_XATTR = "system.posix_acl_access"
_VERSION = 2
_USER_OBJ, _USER, _GROUP_OBJ, _GROUP, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
_NO_ID = 0xFFFFFFFF
_ENTRY = struct.Struct("<HHI")  # tag, permissions, id (linux/posix_acl_xattr.h)
_EXECUTE = 1


def let_pass(folder: Path, uid: int) -> None:
    """Make `folder` reachable for `uid`: grant search on each ancestor that blocks it.

    Raises `Unavailable` where the file system knows no access control lists.
    """
    for ancestor in [*reversed(folder.parents), folder]:
        if _can_pass(ancestor, uid):
            continue
        try:
            _grant_search(ancestor, uid)
        except OSError as error:
            raise Unavailable(
                f"数据库用户进不了目录 {ancestor}，请用 WENZHENG_DATA_DIR 指定其他位置，或不要以 root 运行。"
            ) from error


def _can_pass(folder: Path, uid: int) -> bool:
    done = subprocess.run(["test", "-x", folder], user=uid, extra_groups=[], cwd="/", check=False)
    return done.returncode == 0


def _grant_search(folder: Path, uid: int) -> None:
    mode = folder.stat().st_mode
    entries: dict[tuple[int, int], int] = {
        (_USER_OBJ, _NO_ID): mode >> 6 & 7,
        (_GROUP_OBJ, _NO_ID): mode >> 3 & 7,
        (_OTHER, _NO_ID): mode & 7,
    }
    try:
        raw = os.getxattr(folder, _XATTR)
        entries = {(tag, who): perm for tag, perm, who in _ENTRY.iter_unpack(raw[4:])}
    except OSError:
        pass  # no list yet: the mode bits are the list
    entries[_USER, uid] = entries.get((_USER, uid), 0) | _EXECUTE
    # the mask bounds every entry but owner and others; without one yet, it must cover what the group had
    mask = entries.get((_MASK, _NO_ID), entries[_GROUP_OBJ, _NO_ID])
    entries[_MASK, _NO_ID] = mask | _EXECUTE
    packed = b"".join(_ENTRY.pack(tag, perm, who) for (tag, who), perm in sorted(entries.items()))
    os.setxattr(folder, _XATTR, struct.pack("<I", _VERSION) + packed)
