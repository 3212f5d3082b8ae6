"""Signed messages of the nodes against an implementation of RFC 9421 that nobody here wrote, both ways."""

import datetime
import json
import os
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    InvalidSignature,
    MappingKeyResolver,
    algorithms,
)

KEYID = "did:web:stadt.example#key"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = MappingKeyResolver(public_keys={KEYID: KEY.public_key()}, private_keys={KEYID: KEY})
REQUEST = ("@method", "@target-uri", "content-digest", "content-type")
RESPONSE = ("@status", '"signature";req', "content-digest", "content-type")


def ours(order, message, key, to=None):
    """What our crate says to a message."""
    about = to or message
    order = {
        "order": order,
        "method": about.method,
        "target": about.url,
        "status": message.status_code if to else None,
        "to": dict(to.headers) if to else {},
        "headers": message.headers,
        "body": message.body.decode(),
        "now": int(time.time()),
        "keyid": KEYID,
        "key": list(key),
    }
    program = Path(os.environ["RAUM"]).parent / "examples" / "httpsig"
    answer = subprocess.run([program], input=json.dumps(order), capture_output=True, check=True, text=True)
    return json.loads(answer.stdout)


def we_sign(message, to=None):
    message.headers |= ours("sign", message, KEY.private_bytes_raw(), to)
    return message


def we_verify(message, to=None):
    return ours("verify", message, KEY.public_key().public_bytes_raw(), to)


def they_sign(message, covered):
    now = datetime.datetime.now(datetime.timezone.utc)
    HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=KEYS).sign(
        message,
        key_id=KEYID,
        created=now,
        expires=now + datetime.timedelta(seconds=60),
        nonce="0123456789abcdef",
        label="sig1",
        tag="erprobungsraum",
        covered_component_ids=[part for part in covered if message.body or not part.startswith("content")],
        body=message.body or None,
    )
    return message


def they_verify(message, covered):
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=KEYS)
    needed = [part for part in covered if message.body or not part.startswith("content")]
    found = verifier.verify(
        message, expect_tag="erprobungsraum", expect_label="sig1", require_components=needed, body=message.body
    )
    return found[0]


def post(body=b'{"where": "K\xc3\xb6ln"}'):
    headers = {"content-type": "application/json"} if body else {}
    return SimpleNamespace(
        method="POST", url="https://kreis.example:8443/federation/query/ort?q=a%20b", headers=headers, body=body
    )


def answer(request):
    return SimpleNamespace(
        status_code=200, request=request, headers={"content-type": "application/json"}, body=b'["here"]'
    )


@pytest.mark.parametrize("body", [b'{"a":1}', b""])
def test_they_verify_what_we_sign(body):
    found = they_verify(we_sign(post(body)), REQUEST)
    assert found.parameters["keyid"] == KEYID and len(found.nonce) == 22
    assert found.parameters["expires"] - found.parameters["created"] == 60


@pytest.mark.parametrize("body", [b'{"a":1}', b""])
def test_we_verify_what_they_sign(body):
    assert we_verify(they_sign(post(body), REQUEST)) == {"keyid": KEYID, "nonce": "0123456789abcdef"}


ALTERED = {
    "method": lambda message: setattr(message, "method", "PUT"),
    "url": lambda message: setattr(message, "url", message.url + "c"),
    "body": lambda message: setattr(message, "body", b'{"where": "Bonn"}'),
    "type": lambda message: message.headers.update({"content-type": "text/html"}),
    "input": lambda message: message.headers.update(
        {name: value.replace("created=1", "created=2") for name, value in message.headers.items()}
    ),
    "signature": lambda message: message.headers.update(
        {name: value.replace("sig1=:", "sig1=:A") for name, value in message.headers.items()}
    ),
}


def lowered(headers):
    return {name.lower(): value for name, value in headers.items()}


@pytest.mark.parametrize("what", ALTERED)
def test_both_refuse_what_was_altered_on_the_way(what):
    ours_altered, theirs_altered = we_sign(post()), they_sign(post(), REQUEST)
    theirs_altered.headers = lowered(theirs_altered.headers)
    for message in (ours_altered, theirs_altered):
        ALTERED[what](message)
        with pytest.raises(InvalidSignature):
            they_verify(message, REQUEST)
        assert "refused" in we_verify(message)


def test_answers_are_bound_to_their_request_both_ways():
    request = we_sign(post())
    they_verify(we_sign(answer(request), request), RESPONSE)
    theirs = they_sign(answer(request), RESPONSE)
    assert we_verify(theirs, request) == {"keyid": KEYID, "nonce": "0123456789abcdef"}
    other = we_sign(post(b"{}"))
    assert we_verify(theirs, other) == {"refused": "the signature does not fit the message"}
    theirs.request = other
    with pytest.raises(InvalidSignature):
        they_verify(theirs, RESPONSE)


def test_we_refuse_what_their_signer_leaves_out():
    assert we_verify(they_sign(post(), ("@method", "content-type"))) == {"refused": "@target-uri is not signed"}
