"""Checks an agreement and the acts upon it offline, with nothing but hashes and signatures (C2SP signed-note).

    agreement.py KEYS DOCUMENT ACT...      KEYS is JSON: the key for agreements of each member, by its DID

It shares no code with the node. It says who signed what and when; what follows from it, people can read themselves.
"""

import base64
import hashlib
import json
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def verify(note: str, kind: str, vkey: str) -> None:
    """Raises unless the text is of this kind and the key signed exactly it."""
    text, lines = note.rsplit("\n\n", 1)
    text += "\n"
    assert text.startswith(f"erprobungsraum/{kind}@v1\n"), f"not an {kind}"
    name, _, key = vkey.split("+", 2)
    key = base64.b64decode(key, validate=True)
    assert key[0] == 1, "not an Ed25519 key"
    ident = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
    for line in lines.splitlines():
        dash, signer, blob = line.split(" ")
        blob = base64.b64decode(blob, validate=True)
        if dash == "\u2014" and signer == name and blob[:4] == ident:
            Ed25519PublicKey.from_public_bytes(key[1:]).verify(blob[4:], text.encode())
            return
    raise AssertionError(f"not signed by {name}")


def content(note: str) -> tuple[str, dict]:
    """The hash of the text and what it says."""
    text = note.rsplit("\n\n", 1)[0] + "\n"
    return hashlib.sha256(text.encode()).hexdigest(), json.loads(text.split("\n", 1)[1])


def check(keys: dict, document: str, acts: list[str]) -> list[str]:
    """One line for the proposal and for each act, when everything fits; raises otherwise."""
    digest, terms = content(document)
    pinned = {party["did"]: party["keys"]["agreements"] for party in terms["parties"]}
    for did, key in pinned.items():
        assert keys.get(did) == key, f"the key named for {did} is not its own"
    verify(document, "agreement", pinned[terms["proposer"]])
    said = [f"{terms['proposed']} {terms['proposer']} propose"]
    for note in acts:
        _, act = content(note)
        assert act["document"] == digest, "an act upon another document"
        verify(note, "act", pinned[act["party"]])
        deed = act["deed"] if isinstance(act["deed"], str) else next(iter(act["deed"]))
        said.append(f"{act['at']} {act['party']} {deed}")
    return said


if __name__ == "__main__":
    known, proposal, *others = (open(path, encoding="utf-8").read() for path in sys.argv[1:])
    print("\n".join(check(json.loads(known), proposal, others)))
