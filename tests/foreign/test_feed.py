"""The public feed, verified over HTTP by tlog-scales, which shares nothing with the node."""

import base64
import hashlib
import hmac
import json

import pytest
import requests
from cryptography.exceptions import InvalidSignature
from tlog_scales.backend import HttpBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from tlog_scales.tiles import leaf_hash
from tlog_scales.tlog import ConsistencyProofInvalid, InclusionProofInvalid


def log_of(member):
    base = f"{member['url']}/log/public"
    return base, Vkey.from_string(requests.get(f"{base}/key").text.strip())


def verified(backend, key):
    """A reader of a log of which signature, root, and the inclusion of every entry were checked."""
    reader = TilesReader(backend)
    checkpoint = reader.get_checkpoint()
    checkpoint.verify(key)
    assert checkpoint.origin == key.name
    assert reader.calculate_root_hash() == checkpoint.root_hash, "the tiles do not lead to the root"
    for index in range(checkpoint.size):
        proof = reader.get_inclusion_proof(index, checkpoint.size)
        proof.check(leaf_hash(reader.get_entry(index)), checkpoint.root_hash)
    return reader, checkpoint


def report(member):
    """Reports something, which is written to the public feed, and gives its number."""
    data = {
        "api_key": member["open311_api_key"], "service_code": "laterne", "lat": "50.9413", "long": "6.9583",
        "description": "Die Lampe ist dunkel.", "address_string": "Domkloster 4, 50667 Köln",
    }
    answer = requests.post(f"{member['url']}/open311/v2/requests.json", data=data)
    return answer.json()[0]["service_request_id"]


class Altered:
    """What a log serves, with one bit of some of it changed on the way."""

    def __init__(self, base, part, place):
        self.backend, self.part, self.place = HttpBackend(base), part, place

    def get(self, *path):
        data = self.backend.get(*path)
        if data is not None and "/".join(path).startswith(self.part):
            data = bytearray(data)
            data[self.place % len(data)] ^= 1
        return None if data is None else bytes(data)


def test_every_entry_of_every_member_is_proven_to_be_in_its_log(region):
    for member in region.values():
        base, key = log_of(member)
        reader, checkpoint = verified(HttpBackend(base), key)
        assert checkpoint.size > 100
        headers = [json.loads(reader.get_entry(index)) for index in range(checkpoint.size)]
        assert {header["feed"] for header in headers} == {"public"}
        assert all("subject" not in header and header["at"].endswith(":00Z") for header in headers)
        with pytest.raises(InvalidSignature):
            _, stranger = log_of(next(other for other in region.values() if other is not member))
            checkpoint.verify(Vkey(key.name, key.key_id, key.sig_type, stranger.pubkey))


def test_a_log_that_grew_continues_what_it_was_at_every_size(region):
    base, key = log_of(region["koeln"])
    _, before = verified(HttpBackend(base), key)
    for _ in range(3):
        report(region["koeln"])
    reader, after = verified(HttpBackend(base), key)
    assert after.size >= before.size + 3
    proof = reader.get_consistency_proof(before.size, after.size)
    proof.check(before.root_hash, after.root_hash)
    with pytest.raises(ConsistencyProofInvalid):
        proof.check(bytes(32), after.root_hash)
    for size in range(1, after.size):
        reader.get_consistency_proof(size, after.size).check(reader.mth(0, size), after.root_hash)


@pytest.mark.parametrize(
    ("part", "place"), [("checkpoint", 5), ("checkpoint", -10), ("tile/0/", 40), ("tile/1/", 3), ("tile/entries/", 20)]
)
def test_whatever_is_altered_is_rejected(region, part, place):
    base, key = log_of(region["koeln"])
    while TilesReader(HttpBackend(base)).get_checkpoint().size < 257:
        report(region["koeln"])
    verified(HttpBackend(base), key)
    with pytest.raises((AssertionError, InclusionProofInvalid, InvalidSignature, RuntimeError, ValueError)):
        verified(Altered(base, part, place), key)


def test_the_content_of_an_entry_fits_its_commitment_and_no_other_does(region):
    member = region["koeln"]
    base, key = log_of(member)
    number = report(member)
    reader, checkpoint = verified(HttpBackend(base), key)
    for seq in reversed(range(checkpoint.size)):
        header = json.loads(reader.get_entry(seq))
        answer = requests.get(f"{base}/payload/{seq}")
        if "commitment" not in header:
            assert (answer.status_code, answer.json()["code"]) == (404, "payload")
            continue
        if answer.status_code == 410:
            assert answer.json()["erased_by"] > seq, "what was said anew, or taken back"
            continue
        payload = {name: base64.b64decode(value) for name, value in answer.json().items()}
        content = payload["content"]
        commitment = base64.b64decode(header["commitment"])
        assert hmac.digest(payload["commitment_key"], content, hashlib.sha256) == commitment
        assert hmac.digest(payload["commitment_key"], content + b" ", hashlib.sha256) != commitment
        assert "no-store" in answer.headers["cache-control"], "what can be erased is not kept by others"
        told = json.loads(content)
        if told.get("service_request_id") == number:
            assert (told["status"], told["service_code"], told["lat"]) == ("open", "laterne", 50.9413)
            assert told["requested_datetime"].endswith(":00Z"), "to the minute"
            assert told["url"] == f"{member['url']}/anliegen/{number}"
            break
    else:
        pytest.fail("the report is not in the public feed")


def test_only_what_is_there_and_public_is_served(region):
    base, key = log_of(region["koeln"])
    size = TilesReader(HttpBackend(base)).get_checkpoint().size
    last, width = divmod(size, 256)
    there = [f"tile/0/{last:03d}.p/{width}", f"tile/entries/{last:03d}.p/{width}"] if width else []
    there += ["tile/0/000", "tile/entries/000"] if size >= 256 else []
    for path in there:
        answer = requests.get(f"{base}/{path}")
        assert answer.status_code == 200 and answer.headers["content-type"] == "application/octet-stream"
        assert ("max-age=31536000" in answer.headers["cache-control"]) == (".p/" not in path)
    for path in [
        f"tile/0/{last + 1:03d}", f"tile/entries/{last:03d}", f"tile/0/{last:03d}.p/{width + 1}", "tile/0/0", "tile/9/000",
        "tile/entries/000.p/0", "tile/0/000.p/256", "tile/", "tile/a/000", f"payload/{size}", "payload/-1", "payload/x",
    ]:
        answer = requests.get(f"{base}/{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json"), path
    for feed in ["audit", "public2", "PUBLIC"]:
        for path in ["key", "checkpoint", "tile/0/000", "tile/entries/000", "payload/0"]:
            assert requests.get(f"{base.removesuffix('public')}{feed}/{path}").status_code == 404
