"""Files for their owner and group alone (文件权限): tables of schools are nobody else's.

Files are written 0640 and folders 0750, or narrower where the umask is.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NOT_FOR_OTHERS = 0o027  # nothing for others, no writing by the group
_NO_RIGHTS = {errno.EPERM, errno.EACCES, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP,
              errno.ENOSYS}


def keep_private(path: Path) -> None:
    """Take from a file or folder what others could do with it; what is taken stays taken.

    A share (SMB, VirtualBox, DrvFs, vfat) may know no such rights, or not ours to change: there
    whoever mounted it decides.
    """
    mode = path.stat().st_mode & 0o7777
    if mode & _NOT_FOR_OTHERS:
        try:
            path.chmod(mode & ~_NOT_FOR_OTHERS)
        except OSError as fault:
            if fault.errno not in _NO_RIGHTS:
                raise


@contextmanager
def private_by_default() -> Iterator[None]:
    """Let all that is written meanwhile, by children too, be private."""
    before = os.umask(0)
    os.umask(before | _NOT_FOR_OTHERS)
    try:
        yield
    finally:
        os.umask(before)
