"""An agreement and the acts upon it, checked by code that shares nothing with the node."""

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import agreement
import pytest
import requests
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FILES = ["keys.json", "document.txt", "accept.txt", "end.txt"]
SAID = [
    "2026-01-02T09:00:00Z did:web:koeln.example propose",
    "2026-01-20T10:00:00Z did:web:bonn.example accept",
    "2026-09-01T10:00:00Z did:web:bonn.example end",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("agreement")
    subprocess.run([Path(os.environ["RAUM"]).parent / "examples" / "agreement", folder], check=True)
    return folder


@pytest.fixture
def signed(folder):
    keys, document, *acts = (folder.joinpath(name).read_text() for name in FILES)
    return json.loads(keys), document, acts


def test_what_was_signed_verifies_offline(folder, signed):
    assert agreement.check(*signed) == SAID
    paths = [folder / name for name in FILES]
    shown = subprocess.run([sys.executable, agreement.__file__, *paths], capture_output=True, check=True, text=True)
    assert shown.stdout.splitlines() == SAID


def test_a_file_with_other_ends_of_lines_is_not_what_was_signed(folder, tmp_path):
    changed = tmp_path / "document.txt"
    text, lines = (folder / "document.txt").read_bytes().rsplit(b"\n\n", 1)
    changed.write_bytes(text.replace(b",\n", b",\r\n") + b"\n\n" + lines)
    shown = subprocess.run([sys.executable, agreement.__file__, folder / "keys.json", changed], capture_output=True)
    assert shown.returncode == 1 and b"InvalidSignature" in shown.stderr


@pytest.mark.parametrize("change", [("12345", "92345"), ("monthly", "yearly"), ("Grenze", "Gränze"), ("{\n", "{ \n")])
def test_a_changed_document_is_refused(signed, change):
    keys, document, acts = signed
    assert change[0] in document
    with pytest.raises(InvalidSignature):
        agreement.check(keys, document.replace(*change, 1), [])


def test_changed_and_borrowed_acts_are_refused(signed):
    keys, document, [accept, end] = signed
    with pytest.raises(InvalidSignature):
        agreement.check(keys, document, [accept.replace("2026-01-20", "2026-01-21")])
    with pytest.raises(InvalidSignature):
        agreement.check(keys, document, [end.replace("\"end\"", "\"refuse\"")])
    with pytest.raises(AssertionError, match="not signed by"):
        agreement.check(keys, document, [accept.replace("did:web:bonn", "did:web:koeln")])
    digest, _ = agreement.content(document)
    with pytest.raises(AssertionError, match="another document"):
        agreement.check(keys, document, [accept.replace(digest, "0" * 64)])
    with pytest.raises(AssertionError, match="not an act"):
        agreement.check(keys, document, [accept.replace("/act@v1", "/agreement@v1")])


def test_a_strange_key_under_anothers_name_is_refused(signed):
    keys, document, [accept, _] = signed
    with pytest.raises(AssertionError, match="is not its own"):
        agreement.check(keys | {"did:web:bonn.example": keys["did:web:koeln.example"]}, document, [accept])
    text, line = accept.rsplit("\n\n", 1)
    dash, name, blob = line.split()
    forged = Ed25519PrivateKey.from_private_bytes(bytes(32)).sign((text + "\n").encode())
    blob = base64.b64encode(base64.b64decode(blob)[:4] + forged).decode()
    with pytest.raises(InvalidSignature):
        agreement.check(keys, document, [f"{text}\n\n{dash} {name} {blob}\n"])


def test_an_agreement_of_a_running_node_verifies_offline(region):
    """With nothing but what two members publish: their keys, and the texts they signed."""
    keys = {}
    for member in region.values():
        document = requests.get(f"{member['url']}/.well-known/did.json", timeout=10).json()
        keys[document["id"]] = document["member"]["agreements"]
    page = requests.get(f"{region['koeln']['url']}/verbund", timeout=10).text
    hashes = set(re.findall(r"/verbund/vereinbarungen/([0-9a-f]{64})", page))
    assert len(hashes) == 5, "three of the Verbund, two of trials"
    for digest in hashes:
        address = f"{region['koeln']['url']}/verbund/vereinbarungen/{digest}"
        signed = requests.get(f"{address}/signiert.json", timeout=10).json()
        assert agreement.content(signed["document"])[0] == digest
        said = agreement.check(keys, signed["document"], signed["acts"])
        assert said[0].endswith("propose") and all(line.endswith("accept") for line in said[1:]) and len(said) > 1
        text = requests.get(f"{address}/texte/vorschlag.txt", timeout=10)
        assert text.content.decode() == signed["document"]
        with pytest.raises(InvalidSignature):
            agreement.check(keys, signed["document"], [signed["acts"][0].replace("accept", "refuse")])
    waiting = requests.get(f"{region['bonn']['url']}/verbund", timeout=10).text
    assert "Fotos unterwegs" not in waiting, "what only waits is not public"
