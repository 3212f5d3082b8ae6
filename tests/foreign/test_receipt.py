"""The signed receipt of a report, checked by code that shares nothing with the node."""

import re

import pytest
import requests
from receipt import verify


def test_a_receipt_verifies_offline_and_a_changed_one_does_not(region):
    member = region["rhein-sieg-kreis"]
    number = requests.get(f"{member['url']}/open311/v2/requests.json").json()[0]["service_request_id"]
    text = requests.get(f"{member['url']}/anliegen/{number}/quittung").text
    key = requests.get(f"{member['url']}/log/public/key").text.strip()
    assert b'"kind":"report.opened"' in verify(text, key)
    extra = re.search("^extra (.*)$", text, re.M).group(1)
    swapped = ("B" if extra[40] == "A" else "A").join([extra[:40], extra[41:]])
    with pytest.raises(AssertionError):
        verify(text.replace(extra, swapped), key)
