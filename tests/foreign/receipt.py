"""Checks a receipt offline with nothing but hashes and a signature (RFC 6962, C2SP tlog-proof).

    receipt.py FILE KEY      KEY is the log's public key as text: name+id+base64

It shares no code with the node.
"""

import base64
import hashlib
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def verify(text: str, vkey: str) -> bytes:
    """The entry, when everything fits; raises otherwise."""
    head, checkpoint = text.split("\n\n", 1)
    lines = head.split("\n")
    assert lines.pop(0) == "c2sp.org/tlog-proof@v1"
    entry = base64.b64decode(lines.pop(0).removeprefix("extra "))
    index = int(lines.pop(0).removeprefix("index "))
    path = [base64.b64decode(line) for line in lines]

    body, signatures = checkpoint.rsplit("\n\n", 1)
    body += "\n"
    origin, size, root = body.split("\n")[:3]
    name, _, key = vkey.split("+", 2)
    assert origin == name
    line = next(line for line in signatures.split("\n") if line.startswith(f"\u2014 {name} "))
    signature = base64.b64decode(line.split(" ")[2])[4:]
    Ed25519PublicKey.from_public_bytes(base64.b64decode(key)[1:]).verify(signature, body.encode())

    digest = hashlib.sha256(b"\0" + entry).digest()
    node, last = index, int(size) - 1
    assert 0 <= node <= last
    for sibling in path:
        if node % 2 == 1 or node == last:
            digest = hashlib.sha256(b"\1" + sibling + digest).digest()
            while node % 2 == 0 and node != 0:
                node, last = node // 2, last // 2
        else:
            digest = hashlib.sha256(b"\1" + digest + sibling).digest()
        node, last = node // 2, last // 2
    assert last == 0 and digest == base64.b64decode(root), "the path does not lead to the root"
    return entry


if __name__ == "__main__":
    print(verify(open(sys.argv[1], encoding="utf-8").read(), sys.argv[2]).decode())
