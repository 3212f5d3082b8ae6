"""Open311 GeoReport v2 as other people's clients see it."""

import json
import xml.etree.ElementTree as ElementTree

import pytest
import requests
from georeport import GeoReport


def base(member):
    return f"{member['url']}/open311/v2"


def plain(element):
    """XML as the JSON that the standard's conversion rule makes of it; all leaves are text."""
    if len(element) == 0:
        return element.text
    return {child.tag: plain(child) for child in element}


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_foreign_client_reads_everything(region, form):
    client = GeoReport(base(region["koeln"]) + "/", jurisdiction="koeln.localhost", output_format=form)
    services = client.get_service_list()
    assert len(str(services)) > 500
    requests_ = client.get_service_requests()
    assert "service_request_id" in str(requests_)


def test_xml_and_json_say_the_same(region):
    address = base(region["bonn"])
    for name, item in [("services", "service"), ("requests", "request")]:
        as_json = requests.get(f"{address}/{name}.json").json()
        root = ElementTree.fromstring(requests.get(f"{address}/{name}.xml").content)
        as_xml = [plain(child) for child in root]
        assert {child.tag for child in root} == {item}
        text = lambda value: None if value is None else json.dumps(value).strip('"') if isinstance(value, (bool, float)) else value
        assert [{key: text(value) for key, value in row.items()} for row in as_json] == as_xml


def test_a_report_is_taken_and_found_again(region):
    member = region["koeln"]
    report = {
        "api_key": member["open311_api_key"], "service_code": "laterne", "lat": "50.9413", "long": "6.9583",
        "description": "Die Lampe ist <b>dunkel</b> & flackert.", "address_string": "Domkloster 4",
    }
    for form in ["json", "xml"]:
        answer = requests.post(f"{base(member)}/requests.{form}", data=report)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == {"json": "application/json", "xml": "text/xml"}[form] + "; charset=utf-8"
        number = answer.json()[0]["service_request_id"] if form == "json" else ElementTree.fromstring(answer.content)[0][0].text
        found = requests.get(f"{base(member)}/requests/{number}.json").json()
        assert [row["description"] for row in found] == [report["description"]]
        assert found[0]["status"] == "open" and abs(found[0]["lat"] - 50.9413) < 1e-6


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"api_key": "wrong"}, 403),
        ({"api_key": ""}, 403),
        ({"service_code": "nonsense"}, 404),
        ({"service_code": ""}, 400),
        ({"lat": ""}, 400),
        ({"lat": "95"}, 400),
        ({"lat": "48.1", "long": "11.5"}, 400),
        ({"description": "ä" * 4001}, 400),
        ({"description": ""}, 400),
        ({"email": "nobody"}, 400),
    ],
)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_what_is_wrong_is_said_in_the_standards_form_and_nothing_is_kept(region, change, status, form):
    member = region["bonn"]
    good = {
        "api_key": member["open311_api_key"], "service_code": "laterne", "lat": "50.735", "long": "7.1",
        "description": "dunkel",
    }
    count = lambda: len(requests.get(f"{base(member)}/requests.json").json())
    before = count()
    answer = requests.post(f"{base(member)}/requests.{form}", data=good | change)
    assert answer.status_code == status, answer.text
    errors = answer.json() if form == "json" else [plain(child) for child in ElementTree.fromstring(answer.content)]
    assert errors and all(error["code"] and error["description"] for error in errors)
    assert count() == before


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("status=open", 200),
        ("status=open,closed", 200),
        ("status=ajar", 400),
        ("start_date=yesterday", 400),
        ("start_date=2026-03-01T00:00:00Z&end_date=2026-01-01T00:00:00Z", 400),
        ("start_date=2026-01-01T00:00:00Z&end_date=2026-12-01T00:00:00Z", 400),
        ("service_code=laterne,muell", 200),
        ("service_code=nonsense", 404),
    ],
)
def test_filters_are_understood_or_refused(region, query, status):
    assert requests.get(f"{base(region['koeln'])}/requests.json?{query}").status_code == status


def test_bodies_that_are_too_large_or_not_utf8_are_refused(region):
    address = f"{base(region['koeln'])}/requests.json"
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert requests.post(address, data=b"a=" + b"x" * 70_000, headers=form).status_code == 413
    assert requests.post(address, data=b"api_key=%FF%FE", headers=form).status_code == 400
    assert requests.post(address, data=b"{}", headers={"content-type": "application/json"}).status_code == 400
    assert requests.get(f"{base(region['koeln'])}/requests/999999-2026.xml").status_code == 404
