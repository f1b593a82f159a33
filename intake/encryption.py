"""Keys that are not in the database: sealing originals, linking persons, query codes, identities."""

import hashlib
import hmac
import json
import os
import re
import secrets
import unicodedata
import zlib
from dataclasses import asdict, dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.errors import Unavailable
from models.submission import NewSubmission, OriginalContent

# The first byte of every sealed original names the key and the format, so that both can be changed later.
_KEY_ID = 1
_NONCE_BYTES = 12

# Crockford's base 32: no I, L, O, U, so a code read aloud or copied by hand is not mistaken.
_CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 8
_CODE_MISREADINGS = str.maketrans({"I": "1", "L": "1", "O": "0"})

_MOBILE = re.compile(r"(?<!\d)(?:\+?86|0086)?(1[3-9]\d{9})(?!\d)")


@dataclass(frozen=True, slots=True)
class Keys:
    """One subkey a purpose: a leak of one tells nothing about the others. Never printed."""

    originals: bytes = field(repr=False)
    persons: bytes = field(repr=False)
    query_codes: bytes = field(repr=False)
    identities: bytes = field(repr=False)
    seals: bytes = field(repr=False)
    ratings: bytes = field(repr=False)


def derive_keys(secret: str) -> Keys:
    """The subkeys of the installation's secret, by HKDF-SHA256. The same secret always gives the same keys."""

    def subkey(purpose: str) -> bytes:
        return HKDF(SHA256(), 32, salt=b"wenzheng", info=purpose.encode()).derive(secret.encode())

    return Keys(
        originals=subkey("originals/1"),
        persons=subkey("persons/1"),
        query_codes=subkey("query-codes/1"),
        identities=subkey("identities/1"),
        seals=subkey("seals/1"),
        ratings=subkey("ratings/1"),
    )


def encrypt_original(original: OriginalContent, keys: Keys, *, receipt_number: str) -> bytes:
    """Seal the record as it came. The receipt number is authenticated: a swapped ciphertext does not open."""
    plain = zlib.compress(json.dumps(asdict(original)).encode())
    nonce = os.urandom(_NONCE_BYTES)
    return bytes([_KEY_ID]) + nonce + AESGCM(keys.originals).encrypt(nonce, plain, receipt_number.encode())


def open_original(ciphertext: bytes, keys: Keys, *, receipt_number: str) -> OriginalContent:
    """The record as it came. Raises `Unavailable` where the key is another one or the bytes were changed."""
    nonce, sealed = ciphertext[1 : 1 + _NONCE_BYTES], ciphertext[1 + _NONCE_BYTES :]
    if not ciphertext.startswith(bytes([_KEY_ID])):
        raise Unavailable("原件由其他版本的密钥加密，无法打开。")
    try:
        plain = AESGCM(keys.originals).decrypt(nonce, sealed, receipt_number.encode())
    except (InvalidTag, ValueError) as error:
        raise Unavailable("原件无法打开：密钥与写入时不同，或内容已被改动。") from error
    return OriginalContent(**json.loads(zlib.decompress(plain)))


def seal_content(plain: bytes, keys: Keys, *, name: str) -> bytes:
    """Seal a file. `name` says which (its hash and whether it is the thumbnail) and is authenticated."""
    nonce = os.urandom(_NONCE_BYTES)
    return bytes([_KEY_ID]) + nonce + AESGCM(keys.originals).encrypt(nonce, plain, f"attachment/{name}".encode())


def open_content(ciphertext: bytes, keys: Keys, *, name: str) -> bytes:
    """The file. Raises `Unavailable` where the key is another one or the bytes were changed."""
    nonce, sealed = ciphertext[1 : 1 + _NONCE_BYTES], ciphertext[1 + _NONCE_BYTES :]
    try:
        return AESGCM(keys.originals).decrypt(nonce, sealed, f"attachment/{name}".encode())
    except (InvalidTag, ValueError) as error:
        raise Unavailable("附件无法打开：密钥与写入时不同，或内容已被改动。") from error


def person_key(new: NewSubmission, keys: Keys) -> bytes | None:
    """What links the submissions of one person without naming the person; None where nothing links.

    The mobile number if the contact holds one, else the contact, else the handle within its source: a nickname on one
    platform says nothing about the same nickname on another. A bare name never links: people share names.
    """
    contact = "".join(unicodedata.normalize("NFKC", new.submitter_contact).lower().split())
    digits = re.sub(r"(?<=\d)-(?=\d)", "", contact)
    if mobile := _MOBILE.search(digits):
        value = f"phone\0{mobile[1]}"
    elif contact:
        value = f"contact\0{contact}"
    elif new.submitter_handle.strip():
        value = f"handle\0{new.source}\0{new.submitter_handle.strip()}"
    else:
        return None
    return hmac.digest(keys.persons, value.encode("utf-8", "replace"), hashlib.sha256)


def new_query_code() -> str:
    """A fresh code such as 7K3M-9XQD (40 random bits; guessing is limited by the door that takes it)."""
    code = "".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_LENGTH))
    return f"{code[:4]}-{code[4:]}"


def query_code_hash(code: str, keys: Keys) -> bytes:
    """What is stored instead of the code. Case, width, spaces, hyphens and I/L/O for 1/1/0 do not matter."""
    folded = re.sub(r"[\s\-‐-―－]", "", unicodedata.normalize("NFKC", code)).upper().translate(_CODE_MISREADINGS)
    return hmac.digest(keys.query_codes, folded.encode("utf-8", "replace"), hashlib.sha256)
