"""Reads a member's export with nothing but hashes, JSON and a general cryptography library.

    export.py FOLDER    checks every file and the signature upon the manifest, says what is there, and checks that the
                        keys, if they are in it, are the member's

It shares no code with the node. The form is described by the README.txt of every export.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

OWN = {"manifest.json", "manifest.note"}


def manifest(folder: Path) -> dict:
    """The manifest, when the member it names signed it."""
    text = (folder / "manifest.json").read_bytes()
    read = json.loads(text)
    assert (read["format"], read["version"]) == ("erprobungsraum-export", 1)
    note, lines = (folder / "manifest.note").read_text(encoding="utf-8").rsplit("\n\n", 1)
    note += "\n"
    assert note == f"erprobungsraum/export@v1\n{hashlib.sha256(text).hexdigest()}\n", "another manifest was signed"
    name, _, key = read["member"]["key"].split("+", 2)
    line = next(line for line in lines.splitlines() if line.startswith(f"\u2014 {name} "))
    signature = base64.b64decode(line.split(" ")[2])[4:]
    Ed25519PublicKey.from_public_bytes(base64.b64decode(key)[1:]).verify(signature, note.encode())
    return read


def faults(folder: Path, listed: list[dict]) -> list[str]:
    """Every file that is not what the manifest says, and every file it does not say anything of."""
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - OWN
    wrong = [f"{path}: strange" for path in sorted(found - {file["path"] for file in listed})]
    for file in listed:
        if file["path"] not in found:
            wrong.append(f"{file['path']}: missing")
            continue
        content = (folder / file["path"]).read_bytes()
        if len(content) != file["bytes"] or hashlib.sha256(content).hexdigest() != file["sha256"]:
            wrong.append(f"{file['path']}: changed")
    return wrong


def rows(folder: Path, listed: list[dict]) -> dict[str, list[dict]]:
    """Every table, held against the schema."""
    schema = json.loads((folder / "schema.json").read_text())
    types = {"integer": int, "text": str, "real": (int, float), "bytes": str}
    tables = {}
    for table in schema["tables"]:
        columns = {column["name"]: column for column in table["columns"]}
        lines = (folder / table["file"]).read_text(encoding="utf-8").split("\n")
        assert lines.pop() == "", f"{table['file']} does not end"
        read = [json.loads(line) for line in lines]
        for row in read:
            assert row.keys() == columns.keys(), table["name"]
            for name, value in row.items():
                column = columns[name]
                assert column["nullable"] if value is None else isinstance(value, types[column["type"]]), name
                if value is not None and column["type"] == "bytes":
                    bytes.fromhex(value)
        keys = [tuple(row[name] for name in table["key"]) for row in read]
        assert not table["key"] or len(set(keys)) == len(keys), f"{table['name']}: a key is there twice"
        said = next(file["rows"] for file in listed if file["path"] == table["file"])
        assert said == len(read), table["name"]
        tables[table["name"]] = read
    for table in schema["tables"]:
        for column in table["columns"]:
            if to := column.get("references"):
                known = {row[to["column"]] for row in tables[to["table"]]} | {None}
                assert all(row[column["name"]] in known for row in tables[table["name"]]), column["name"]
    return tables


def public_key(seed: bytes, purpose: str) -> bytes:
    """The public half of the key the seed gives for a purpose."""
    private = HKDF(hashes.SHA256(), 32, None, purpose.encode()).derive(seed)
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def of_vkey(text: str) -> bytes:
    return base64.b64decode(text.strip().split("+", 2)[2])[1:]


if __name__ == "__main__":
    where = Path(sys.argv[1])
    files = manifest(where)["files"]
    assert not (wrong := faults(where, files)), "\n".join(wrong)
    for name, read in rows(where, files).items():
        print(f"{len(read):8} {name}")
    if (where / "secret/keys.json").exists():
        secret = bytes.fromhex(json.loads((where / "secret/keys.json").read_text())["seed"])
        assert public_key(secret, "export") == of_vkey(manifest(where)["member"]["key"])
        print("the keys are the member's")
