"""A small demo region for clients that nobody here wrote."""

import json
import os
import socket
import subprocess
import time
from pathlib import Path

import pytest
import requests

_lookup = socket.getaddrinfo


def _local(host, *args, **kwargs):
    # RFC 6761 § 6.3: names below .localhost are this machine; not every resolver knows.
    return _lookup("127.0.0.1" if str(host).endswith(".localhost") else host, *args, **kwargs)


socket.getaddrinfo = _local


@pytest.fixture(scope="session")
def region(tmp_path_factory):
    """The members of a region that runs as long as the tests do."""
    folder = tmp_path_factory.mktemp("region")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [os.environ["RAUM"], "demo", "--port", str(port), "--dir", str(folder), "--cases", "120"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(3000):
            assert process.poll() is None, "the region did not start"
            try:
                if requests.get(f"http://127.0.0.1:{port}/ready", timeout=2).ok:
                    break
            except requests.ConnectionError:
                time.sleep(0.1)
        members = json.loads(Path(folder, "demo.json").read_text())["members"]
        yield {member["slug"]: {**member, "data": str(folder)} for member in members}
    finally:
        process.terminate()
        process.wait(30)
