"""An export, read by programs that nobody here wrote: hashes and tables by export.py, feeds by tlog-scales, agreements by
agreement.py, boundaries by shapely, keys by a general cryptography library."""

import csv
import hashlib
import hmac
import json
import os
import subprocess
from base64 import b64encode

import pytest
import shapely
from agreement import check
from cryptography.exceptions import InvalidSignature
from export import faults, manifest, of_vkey, public_key, rows
from test_feed import verified
from tlog_scales.signing import Vkey


class Folder:
    """A log as files in a folder."""

    def __init__(self, base):
        self.base = base

    def get(self, *path):
        file = self.base.joinpath(*path)
        return file.read_bytes() if file.is_file() else None


@pytest.fixture(scope="module")
def left(region, tmp_path_factory):
    """The export of a member that is being served meanwhile."""
    folder = tmp_path_factory.mktemp("left") / "koeln"
    command = [os.environ["RAUM"], "--data", region["koeln"]["data"], "export", "--member", "koeln", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


def test_every_file_is_what_the_signed_manifest_says(left):
    listed = manifest(left)["files"]
    assert faults(left, listed) == []
    tables = rows(left, listed)
    assert len(tables["report"]) >= 120 and len(tables["ledger_entry"]) > 120
    names = {row["hash"] for row in tables["file"]}
    assert names == {path.stem for path in (left / "files").rglob("*.*")}
    for path in (left / "files").rglob("*.*"):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem


def test_what_is_altered_is_found(left):
    listed = manifest(left)["files"]
    path = left / "tables/report.jsonl"
    good = path.read_bytes()
    path.write_bytes(good.replace(b"a", b"b", 1))
    assert faults(left, listed) == ["tables/report.jsonl: changed"]
    path.write_bytes(good)
    path = left / "manifest.json"
    good = path.read_bytes()
    path.write_bytes(good.replace(b"report", b"Report", 1))
    with pytest.raises(AssertionError):
        manifest(left)
    path.write_bytes(good)
    note = left / "manifest.note"
    good = note.read_text()
    note.write_text(good[:-10] + ("A" if good[-10] != "A" else "B") + good[-9:])
    with pytest.raises(InvalidSignature):
        manifest(left)
    note.write_text(good)


def test_every_feed_is_a_log_that_others_verify_from_its_folder(left):
    for folder in sorted((left / "feeds").iterdir()):
        key = Vkey.from_string((folder / "key").read_text().strip())
        reader, checkpoint = verified(Folder(folder), key)
        contents = {}
        for line in (folder / "payloads.jsonl").read_text().splitlines():
            payload = json.loads(line)
            contents[payload["seq"]] = payload
        for seq in range(checkpoint.size):
            header = json.loads(reader.get_entry(seq))
            assert ("commitment" in header) == (seq in contents)
            if "commitment_key" in contents.get(seq, {}):
                keyed = hmac.digest(
                    bytes.fromhex(contents[seq]["commitment_key"]), bytes.fromhex(contents[seq]["content"]), "sha256"
                )
                assert b64encode(keyed).decode() == header["commitment"]
    assert (left / "feeds/public/checkpoint").is_file()


def test_agreements_verify_from_their_files(left):
    keys = json.loads((left / "agreements/keys.json").read_text())
    folders = [path for path in (left / "agreements").iterdir() if path.is_dir()]
    assert folders
    for folder in folders:
        document = (folder / "document.txt").read_bytes().decode()
        acts = [path.read_bytes().decode() for path in sorted(folder.glob("2*.txt"))]
        assert len(check(keys, document, acts)) == 1 + len(acts)


def test_boundaries_and_reports_are_what_others_read(left):
    areas = json.loads((left / "places/areas.geojson").read_text())
    assert areas["type"] == "FeatureCollection" and areas["features"]
    for feature in areas["features"]:
        assert shapely.geometry.shape(feature["geometry"]).is_valid and feature["properties"]["ars"]
    requests = json.loads((left / "report/requests.json").read_text())
    with open(left / "report/anliegen.csv", encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    reports = rows(left, manifest(left)["files"])["report"]
    assert len(requests) == len(lines) == len(reports)
    assert [request["service_request_id"] for request in requests] == [line["nummer"] for line in lines]
    assert all({"status", "service_code", "requested_datetime", "lat", "long"} <= request.keys() for request in requests)
    trials = json.loads((left / "trial/erprobungen.json").read_text())
    said = {(trial["trial"], trial["member"]) for trial in trials}
    assert trials and len(said) == len(trials) and all(trial["v"] == 1 and trial["plan"]["title"] for trial in trials)


def test_the_keys_are_the_members_and_stand_in_one_place(left):
    path = left / "secret/keys.json"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    seed = bytes.fromhex(json.loads(path.read_text())["seed"])
    assert public_key(seed, "export") == of_vkey(manifest(left)["member"]["key"])
    assert public_key(seed, "log/public") == of_vkey((left / "feeds/public/key").read_text())
    own = json.loads((left / "agreements/keys.json").read_text())[manifest(left)["member"]["did"]]
    assert public_key(seed, "federation/agreements") == of_vkey(own)
    for other in left.rglob("*"):
        is_other = other.is_file() and other != path
        assert not is_other or not any(form in other.read_bytes() for form in (seed, seed.hex().encode())), other


def test_an_archive_without_the_keys_is_the_same_but_for_them(region, left, tmp_path):
    folder = tmp_path / "archive"
    command = [os.environ["RAUM"], "--data", region["koeln"]["data"], "export", "--without-keys"]
    subprocess.run([*command, "--member", "koeln", str(folder)], check=True, stdout=subprocess.DEVNULL)
    listed = manifest(folder)["files"]
    assert faults(folder, listed) == [] and not (folder / "secret").exists()
    tables = {file["path"] for file in manifest(left)["files"] if file["role"] == "table"}
    assert {file["path"] for file in listed if file["role"] == "table"} == tables
    said = subprocess.run(
        [os.environ["RAUM"], "--data", str(tmp_path / "new"), "member", "import", "koeln", str(folder)],
        capture_output=True, text=True,
    )
    assert said.returncode != 0 and "without the member's keys" in said.stderr
