"""Signatures over what was published (签名): who has the public key alone can tell.

All folders that are signed together are the leaves of one Merkle tree (RFC 6962, §2.1: leaves
hashed after 0x00, nodes after 0x01). Its root, sixty-four letters, is what is signed and what
can be printed in minutes (批次根). Beside each manifest stands the way from it to the root, so
that a folder handed on alone still proves that it was among those that were signed.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.ground.admission import NotAdmitted, content_of, read_json
from pipeline.ground.errors import WrongUse
from pipeline.ground.ownership import LOG, MARK, SIGNATURE, SIGNATURE_SCHEMA
from pipeline.ground.private_files import keep_private

_MISSING = ("签名要用软件包 cryptography，尚未安装。在项目文件夹中运行 make sign 即装；"
            "或用 pip 安装 junheng[sign]")
_Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
_MOST_KEY_BYTES, _NAMED = 10_000, 5


@dataclass(frozen=True)
class Key:
    """A private key (私钥) and what its public key is called: the sha256 of its 32 bytes."""

    private: object
    name: str


class Signature(BaseModel):
    """What stands beside a manifest: its place among ``leaves``, the way to the root, the key's
    name, and the signature (hex) over `statement`."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    kind: Literal["junheng.signature/2"] = Field(SIGNATURE_SCHEMA, alias="schema")
    leaf: Annotated[int, Field(ge=0)]
    leaves: Annotated[int, Field(ge=1)]
    way: list[_Hash]
    root: _Hash
    key: _Hash
    signature: Annotated[str, Field(pattern="^[0-9a-f]{128}$")]


def make_key(file: Path) -> tuple[Path, str]:
    """Write a new Ed25519 key to ``file`` and its public key beside it (.pub), both as PEM.

    Returns the public key's file and name. `WrongUse` where either exists: a key is never
    replaced.
    """
    serialization, ed25519 = _library()
    public = file.with_name(f"{file.name}.pub")
    for path in (file, public):
        if path.exists() or path.is_symlink():
            raise WrongUse(f"{path} 已经存在，未动。密钥不覆盖，请另写一个文件名")
    private = ed25519.Ed25519PrivateKey.generate()
    pem = serialization.Encoding.PEM
    secret = private.private_bytes(pem, serialization.PrivateFormat.PKCS8,
                                   serialization.NoEncryption())
    shown = private.public_key().public_bytes(
        pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    for path, content, rights in ((file, secret, 0o600), (public, shown, 0o640)):
        with open(path, "xb", opener=partial(os.open, mode=rights)) as new:
            new.write(content)
    return public, _name(private.public_key())


def read_key(file: Path) -> Key:
    """Return a private key from its file. `WrongUse` where there is none that can be used."""
    serialization, ed25519 = _library()
    private = _loaded(file, lambda pem: serialization.load_pem_private_key(pem, None),
                      ed25519.Ed25519PrivateKey, "私钥")
    return Key(private, _name(private.public_key()))


def sign_folders(folders: Sequence[Path], key: Key) -> str:
    """Sign published folders together, in the order given; return the root.

    The caller has looked at them (`verification.doubts`): what is signed is their manifests.
    """
    tree = _Tree(tuple(_leaf(folder) for folder in folders))
    root = tree.node(0, len(folders))
    signed = key.private.sign(statement(root, len(folders))).hex()
    for place, folder in enumerate(folders):
        record = Signature(leaf=place, leaves=len(folders), root=root.hex(), key=key.name,
                           way=tree.way(place, 0, len(folders)), signature=signed)
        handle, name = mkstemp(".sig", f".{folder.name}-", folder.parent)  # a name nobody has
        part = Path(name)
        with os.fdopen(handle, "w", encoding="ascii") as new:
            new.write(_text(record))
        keep_private(part)
        part.replace(folder / SIGNATURE)
    return root.hex()


def require_own(folders: Sequence[Path], key: Key) -> None:
    """Raise `WrongUse` where a folder has the signature of another key: it is never replaced."""
    others = [folder.name for folder in folders
              if (found := read_signature(folder)) and found.key != key.name]
    if others:
        more = "等" if len(others) > _NAMED else ""
        raise WrongUse(f"{'、'.join(others[:_NAMED])}{more} 已有另一把私钥的签名，未动。"
                       f"要换人签的，请先把其中的 {SIGNATURE} 移走")


def read_signature(folder: Path) -> Signature | None:
    """Return the signature beside a manifest, None where there is none that can be read, or none
    as it was written."""
    try:
        found = Signature.model_validate(read_json(folder / SIGNATURE))
        whole = content_of(folder / SIGNATURE) == _text(found).encode("ascii")
    except (ValidationError, NotAdmitted, OSError):
        return None
    return found if whole else None


def _text(record: Signature) -> str:
    return record.model_dump_json(by_alias=True, indent=1) + "\n"


def leads_to_root(folder: Path, found: Signature) -> bool:
    """Tell whether a folder's manifest, by the way noted, leads to the root noted."""
    return _root_by(_leaf(folder), found.leaf, found.leaves, found.way) == found.root


def public_key(file: Path):
    """Return a public key (公钥) from its file; `WrongUse` where there is none."""
    serialization, ed25519 = _library()
    return _loaded(file, serialization.load_pem_public_key, ed25519.Ed25519PublicKey, "公钥")


def is_signed_by(found: Signature, key: object) -> bool:
    """Tell whether the root that a signature notes was signed with the key of this public key, and
    names it."""
    from cryptography.exceptions import InvalidSignature

    if found.key != _name(key):
        return False
    try:
        key.verify(bytes.fromhex(found.signature),
                   statement(bytes.fromhex(found.root), found.leaves))
    except InvalidSignature:
        return False
    return True


def statement(root: bytes, leaves: int) -> bytes:
    """Return what is signed: what it is, how many folders, and their root."""
    return f"{SIGNATURE_SCHEMA}\n{leaves}\n{root.hex()}\n".encode("ascii")


def _library():
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError as fault:
        raise WrongUse(_MISSING) from fault
    return serialization, ed25519


def _loaded(file: Path, read, kind: type, zh: str):
    """Return a key from its file; whatever is amiss with what is said to be one is told alike."""
    try:
        key = read(content_of(file, _MOST_KEY_BYTES))
    except NotAdmitted as fault:
        raise WrongUse(f"{zh} {file}：{fault}") from fault
    except (ValueError, TypeError, *_unsupported()) as fault:
        raise WrongUse(f"{file} 不是可用的{zh}。密钥由 junheng key 做出，公钥的文件名以 .pub 结尾"
                       ) from fault
    if not isinstance(key, kind):
        raise WrongUse(f"{file} 不是 Ed25519 {zh}。密钥由 junheng key 做出")
    return key


def _unsupported() -> tuple[type[Exception], ...]:
    from cryptography.exceptions import UnsupportedAlgorithm

    return (UnsupportedAlgorithm,)


def _name(key) -> str:
    return sha256(key.public_bytes_raw()).hexdigest()


def _leaf(folder: Path) -> bytes:
    """Return the leaf of a folder: its manifest, which speaks for all else, and its log."""
    log = content_of(folder / LOG) if (folder / LOG).is_file() else b""
    return sha256(b"\0" + content_of(folder / MARK) + log).digest()


def _joined(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def _half(count: int) -> int:
    """Return the largest power of two below a count of two or more."""
    return 1 << (count - 1).bit_length() - 1


class _Tree:
    """The nodes over leaves, each computed once."""

    def __init__(self, leaves: tuple[bytes, ...]):
        self.leaves, self.known = leaves, {}

    def node(self, start: int, stop: int) -> bytes:
        """Return the node over the leaves from ``start`` to before ``stop``."""
        if stop - start == 1:
            return self.leaves[start]
        if (start, stop) not in self.known:
            middle = start + _half(stop - start)
            self.known[start, stop] = _joined(self.node(start, middle), self.node(middle, stop))
        return self.known[start, stop]

    def way(self, place: int, start: int, stop: int) -> list[str]:
        """Return the nodes beside the way from a leaf to a node, the leaf's neighbour first."""
        if stop - start == 1:
            return []
        middle = start + _half(stop - start)
        if place < middle:
            return [*self.way(place, start, middle), self.node(middle, stop).hex()]
        return [*self.way(place, middle, stop), self.node(start, middle).hex()]


def _root_by(leaf: bytes, place: int, leaves: int, way: Sequence[str]) -> str:
    """Return the root that a leaf and its way lead to, empty where they lead nowhere."""
    if leaves == 1:
        return leaf.hex() if place == 0 and not way else ""
    if place >= leaves or not way:
        return ""
    half, other = _half(leaves), bytes.fromhex(way[-1])
    left = place < half
    below = _root_by(leaf, place if left else place - half, half if left else leaves - half,
                     way[:-1])
    if not below:
        return ""
    pair = (bytes.fromhex(below), other) if left else (other, bytes.fromhex(below))
    return _joined(*pair).hex()
