"""Open311 GeoReport v2 as other people's clients see it."""

import base64
import datetime
import struct
import zlib

import pytest
import requests
from geo import MEDIA, base, errors, holds, read, texts
from georeport import GeoReport


def png(width=40, height=30, claimed=None):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    size = struct.pack(">II", *(claimed or (width, height)))
    rows = b"".join(b"\0" + b"\x40\x80\xc0" * width for _ in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size + b"\x08\x02\0\0\0") + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def good(member, **change):
    report = {
        "api_key": member["open311_api_key"], "service_code": "laterne", "lat": "50.9413", "long": "6.9583",
        "description": "Die Lampe ist <b>dunkel</b> & flackert.", "address_string": "Domkloster 4, 50667 Köln",
    }
    return {key: value for key, value in (report | change).items() if value is not None}


def count(member):
    return requests.get(f"{base(member)}/requests.json", params={"just_count": "true", "page_size": 1}).json()["count"]


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_foreign_client_reads_everything(region, form):
    client = GeoReport(base(region["koeln"]) + "/", jurisdiction="koeln.localhost", output_format=form)
    services = client.get_service_list()
    assert len(str(services)) > 500
    assert "fehler" in str(client.get_service_definition("laterne"))
    found = client.get_service_requests()
    assert "service_request_id" in str(found)
    number = requests.get(f"{base(region['koeln'])}/requests.json").json()[0]["service_request_id"]
    assert number in str(client.get_service_request(number))


@pytest.mark.parametrize("form", ["json", "xml"])
def test_discovery_names_two_endpoints_with_two_formats(region, form):
    answer = requests.get(f"{region['koeln']['url']}/open311/discovery.{form}")
    assert answer.headers["content-type"] == MEDIA[form], "old validators compare the bare type"
    answer.headers["content-type"] += "; charset=utf-8"
    found = read(answer, form)
    holds(region["koeln"], "Discovery", found)
    assert [endpoint["type"] for endpoint in found["endpoints"]] == ["production", "test"]
    changeset = datetime.datetime.fromisoformat(found["changeset"])
    assert changeset <= datetime.datetime.now(datetime.timezone.utc)
    for endpoint in found["endpoints"]:
        assert requests.get(f"{endpoint['url']}/services.{form}").ok


def test_xml_and_json_say_the_same(region):
    address = base(region["bonn"])
    for path in ["services", "requests", "requests?extensions=true&page_size=60", "services/laterne", "services/gully",
                 "servicerequestupdates", "requests?page_size=1", "requests?q=xyzxyz"]:
        name, _, query = path.partition("?")
        forms = [requests.get(f"{address}/{name}.{form}?{query}") for form in ["json", "xml"]]
        assert texts(read(forms[0], "json")) == read(forms[1], "xml") or (path == "requests?q=xyzxyz" and forms[0].json() == []), path


def test_every_answer_is_what_the_document_says(region):
    member = region["koeln"]
    get = lambda path: requests.get(f"{base(member)}/{path}").json()
    holds(member, "Services", get("services.json"))
    for service in get("services.json"):
        assert service["metadata"] == bool(get(f"services/{service['service_code']}.json")["attributes"])
        holds(member, "ServiceDefinition", get(f"services/{service['service_code']}.json"))
    holds(member, "Requests", get("requests.json"))
    holds(member, "Requests", get("requests.json?extensions=true&page_size=1000"))
    holds(member, "Requests", get("requests.json?just_count=true"))
    holds(member, "Updates", get("servicerequestupdates.json"))
    rows = get("requests.json?page_size=1000")
    assert any(row["status_notes"] for row in rows if row["status"] == "closed")
    assert all(set(row) == set(rows[0]) and len(row) == 17 for row in rows)


def test_services_are_chosen_by_place_group_and_words(region):
    address = f"{base(region['koeln'])}/services.json"
    codes = lambda **query: {service["service_code"] for service in requests.get(address, params=query).json()}
    assert codes(lat=50.94, long=6.96) == codes()
    assert codes(lat=48.1, long=11.5) == set()
    assert codes(group="stadtbild") == {"muell", "sperrmuell", "papierkorb", "graffiti", "schrottrad", "schrottauto"}
    assert codes(keywords="licht,nichts") == {"laterne", "ampel"}
    assert requests.get(address, params={"lat": "50.94"}).status_code == 400


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_report_is_taken_and_found_again(region, form):
    member = region["koeln"]
    report = good(member) | {"attribute[nummer]": "4711", "attribute[fehler]": "flackert", "jurisdiction_id": "koeln.localhost"}
    answer = requests.post(f"{base(member)}/requests.{form}", data=report)
    assert answer.status_code == 200, answer.text
    taken = read(answer, form)
    holds(member, "Taken", taken)
    number = taken[0]["service_request_id"]
    found = requests.get(f"{base(member)}/requests/{number}.json?extensions=true").json()
    assert [row["description"] for row in found] == [report["description"]]
    assert found[0]["status"] == "open" and found[0]["zipcode"] == "50667" and abs(found[0]["lat"] - 50.9413) < 1e-6
    attributes = {each["code"]: each for each in found[0]["attributes"]}
    assert attributes["fehler"]["name"] == "flackert" and "nummer" not in attributes, "free text is not published"
    both = requests.get(f"{base(member)}/requests.json", params={"service_request_id": f"{number}, 99999-2026"}).json()
    assert [row["service_request_id"] for row in both] == [number]


def test_several_values_and_pictures_in_every_way(region):
    member = region["koeln"]
    uri = "data:image/png;base64," + base64.b64encode(png()).decode()
    report = list(good(member, service_code="muell").items()) + [
        ("attribute[stoffe][]", "hausrat"), ("attribute[stoffe][]", "elektro"), ("media_url", uri), ("media_url", uri)]
    for sent in [
        requests.post(f"{base(member)}/requests.json", data=report),
        requests.post(f"{base(member)}/requests.json", data=good(member, media=base64.b64encode(png()).decode())),
        requests.post(f"{base(member)}/requests.json", data=good(member), files=[("photo1", ("a.png", png(), "image/png")), ("photo2", ("b.png", png(50), "image/png"))]),
    ]:
        assert sent.status_code == 200, sent.text
        number = sent.json()[0]["service_request_id"]
        row = requests.get(f"{base(member)}/requests/{number}.json?extensions=true").json()[0]
        photo = requests.get(row["media_url"])
        assert photo.headers["content-type"] == "image/jpeg" and row["media_url"] in row["extended_attributes"]["media_urls"]


def test_sent_again_is_sent_once(region):
    member = region["koeln"]
    report = good(member, client_request_id="offline-1")
    before = count(member)
    numbers = {requests.post(f"{base(member)}/requests.json", data=report).text for _ in range(3)}
    assert len(numbers) == 1 and count(member) == before + 1


BAD = [
    ({"api_key": "wrong"}, 403, ["api_key"]),
    ({"api_key": ""}, 403, ["api_key"]),
    ({"service_code": "nonsense"}, 404, ["service_code"]),
    ({"jurisdiction_id": "atlantis.example"}, 404, ["jurisdiction_id"]),
    ({"service_code": ""}, 400, ["service_code"]),
    ({"lat": ""}, 400, ["lat, long"]),
    ({"lat": "95"}, 400, ["lat, long"]),
    ({"lat": "NaN"}, 400, ["lat, long"]),
    ({"lat": "48.1", "long": "11.5"}, 400, ["lat, long"]),
    ({"lat": None, "long": None, "address_string": None}, 400, ["lat, long, address_string, address_id"]),
    ({"lat": None, "long": None, "address_string": None, "address_id": "4711"}, 400, ["address_id"]),
    ({"description": "ä" * 4001}, 400, ["description"]),
    ({"email": "nobody"}, 400, ["email"]),
    ({"client_request_id": "x" * 101}, 400, ["client_request_id"]),
    ({"client_request_id": "a\0b"}, 400, ["client_request_id"]),
    ({"service_code": "schrottauto"}, 400, ["attribute[seit]"]),
    ({"service_code": "schrottauto", "attribute[seit]": "gestern"}, 400, ["attribute[seit]"]),
    ({"service_code": "schlagloch", "attribute[tiefe]": "sehr"}, 400, ["attribute[tiefe]"]),
    ({"attribute[fehler]": "tanzt"}, 400, ["attribute[fehler]"]),
    ({f"attribute[{number}]": "x" for number in range(10_000)}, 400, ["attribute"]),
    ({"media_url": "http://169.254.169.254/latest/meta-data"}, 400, ["media_url"]),
    ({"media_url": "data:image/svg+xml;base64," + base64.b64encode(b"<svg/>").decode()}, 400, ["media"]),
    ({"media_url": "data:image/png;base64," + base64.b64encode(png(claimed=(60_000, 60_000))).decode()}, 400, ["media"]),
    ({"service_code": "", "lat": "95", "email": "nobody", "description": "x" * 4001}, 400, ["service_code", "description", "lat, long", "email"]),
]


@pytest.mark.parametrize(("change", "status", "fields"), BAD)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_what_is_wrong_is_said_once_for_each_fault_and_nothing_is_kept(region, change, status, fields, form):
    member = region["bonn"]
    before = count(member)
    answer = requests.post(f"{base(member)}/requests.{form}", data=good(member, lat="50.735", long="7.1") | change
                           if None not in change.values() else good(member, **change))
    assert answer.status_code == status, answer.text
    assert [text.rpartition(": ")[0] if text.count(": ") == 1 else text.partition(": ")[0] for text in errors(answer, form)] == fields
    assert count(member) == before


def test_texts_are_english_or_german(region):
    address = f"{base(region['koeln'])}/requests.json"
    say = lambda **headers: errors(requests.get(address, params={"status": "ajar"}, headers=headers), "json")
    assert say() == ["status: The status is open or closed."]
    assert say(**{"Accept-Language": "de-DE,de;q=0.9,en;q=0.5"}) == ["status: Der Status ist open oder closed."]


def test_html_and_control_characters_are_only_characters(region):
    member = region["koeln"]
    text = "<script>alert(1)</script>\u0007 ]]> &amp; \u2028 ü\r\nzweite Zeile"
    number = requests.post(f"{base(member)}/requests.json", data=good(member, description=text)).json()[0]["service_request_id"]
    forms = [read(requests.get(f"{base(member)}/requests/{number}.{form}"), form)[0]["description"] for form in ["json", "xml"]]
    assert forms == ["<script>alert(1)</script> ]]> &amp; \u2028 ü\nzweite Zeile"] * 2


def test_bodies_that_are_too_large_or_not_what_is_read_are_refused(region):
    address = f"{base(region['koeln'])}/requests.json"
    form = {"content-type": "application/x-www-form-urlencoded"}
    try:
        assert requests.post(address, data=b"a=" + b"x" * 50_000_000, headers=form).status_code == 413
    except requests.ConnectionError:
        pass  # The server may hang up on whoever goes on sending.
    key = region["koeln"]["open311_api_key"]
    bad = f"api_key={key}&service_code=%FF%FE&lat=50.94&long=6.96".encode()
    assert requests.post(address, data=bad, headers=form).status_code == 400
    assert requests.post(address, data=b"{}", headers={"content-type": "application/json"}).status_code == 400
    assert requests.post(address, data=b"x", headers={"content-type": "multipart/form-data"}).status_code == 400
    many = [("media", (f"{number}.png", png(), "image/png")) for number in range(4)]
    assert errors(requests.post(address, data=good(region["koeln"]), files=many), "json")
    large = [("media", ("a.png", png() + b"\0" * (13 << 20), "image/png"))]
    assert requests.post(address, data=good(region["koeln"]), files=large).status_code == 413
    assert requests.get(f"{base(region['koeln'])}/requests/999999-2026.xml").status_code == 404
    assert requests.get(f"{base(region['koeln'])}/requests/%00.json").status_code == 404
    assert requests.get(f"{base(region['koeln'])}/nothing.xml").status_code == 404
    assert requests.get(f"{base(region['koeln'])}/tokens/abc.xml").status_code == 404


def test_the_test_endpoint_checks_and_keeps_nothing(region):
    member = region["koeln"]
    before = count(member)
    assert requests.post(f"{base(member, trial=True)}/requests.xml", data=good(member)).status_code == 200
    assert requests.post(f"{base(member, trial=True)}/requests.xml", data=good(member, lat="95")).status_code == 400
    assert count(member) == before


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("status=open", 200),
        ("status=open,closed", 200),
        ("status=ajar", 400),
        ("jurisdiction_id=", 200),
        ("jurisdiction_id=KOELN.localhost", 200),
        ("jurisdiction_id=bonn.localhost", 404),
        ("api_key=wrong", 403),
        ("start_date=yesterday", 400),
        ("start_date=2026-03-01T00:00:00Z&end_date=2026-01-01T00:00:00Z", 400),
        ("start_date=2026-01-01T00:00:00Z&end_date=2026-12-01T00:00:00Z", 400),
        ("start_date=2026-01-01T00:00:00Z&end_date=2026-12-01T00:00:00Z&page_size=10", 200),
        ("service_code=laterne,muell", 200),
        ("service_code=nonsense", 404),
        ("q=%00", 400),
        ("service_request_id=%FF", 400),
    ],
)
def test_filters_are_understood_or_refused(region, query, status):
    assert requests.get(f"{base(region['koeln'])}/requests.json?{query}").status_code == status


def test_filters_of_the_extensions_choose_what_they_say(region):
    member = region["rhein-sieg-kreis"]
    get = lambda **query: requests.get(f"{base(member)}/requests.json", params=query).json()
    everything = get(page_size=1000)
    assert len(everything) > 100, "but for a few that wait for somebody to look at them"
    ids = lambda rows: [row["service_request_id"] for row in rows]
    west, south, east, north = 7.1, 50.7, 7.3, 50.85
    inside = [row for row in everything if row["lat"] and west <= row["long"] <= east and south <= row["lat"] <= north]
    assert ids(get(bbox=f"{west},{south},{east},{north}")) == ids(inside) and inside
    assert set(ids(get(has_photo="true", page_size=1000))) == {row["service_request_id"] for row in everything if row["media_url"]}
    office = everything[0]["agency_responsible"]
    assert {row["agency_responsible"] for row in get(agency_responsible=office)} == {office}
    assert {row["service_code"] for row in get(keyword="abfall", page_size=1000)} <= {"muell", "papierkorb"}
    assert get(just_count="true", page_size=1)["count"] == len(everything)
    changes = [row["updated_datetime"] for row in get(updated_after="2020-01-01T00:00:00Z", status="open", page_size=1000)]
    assert changes == sorted(changes) and changes
    row = next(row for row in everything if row["lat"])
    near = get(lat=row["lat"], long=row["long"], radius=5000)
    assert near[0]["lat"] == row["lat"] and len(near) < len(everything)
    assert ids(get(q=row["address"].split(",")[0], page_size=1000)).count(row["service_request_id"]) <= 1


@pytest.mark.parametrize("query", [
    {"page_size": 7}, {"per_page": 7, "sort": "updated_datetime"}, {"limit": 7, "bbox": "6.7,50.6,7.8,51"},
    {"page_size": 7, "lat": 50.78, "long": 7.28, "radius": 20000}, {"page_size": 7, "q": "defekt"}])
def test_pages_meet_everything_once(region, query):
    address = f"{base(region['rhein-sieg-kreis'])}/requests.json"
    whole = requests.get(address, params=query | {name: 1000 for name in ["page_size", "per_page", "limit"] if name in query})
    met, url = [], requests.Request("GET", address, params=query).prepare().url
    while url:
        answer = requests.get(url)
        met += [row["service_request_id"] for row in answer.json()]
        assert int(answer.headers["x-page-size"]) == 7
        url = answer.links.get("next", {}).get("url")
        assert url == answer.headers.get("x-next-page-url")
    assert met == [row["service_request_id"] for row in whole.json()]


def test_pages_can_be_counted(region):
    address = f"{base(region['koeln'])}/requests.json"
    first = requests.get(address, params={"page_size": 10, "page": 1}).json()
    second = requests.get(address, params={"page_size": 10, "page": 2})
    assert len(second.json()) == 10 and not {row["service_request_id"] for row in first} & {row["service_request_id"] for row in second.json()}
    assert second.headers["x-previous-page-url"]
    assert requests.get(address, params={"limit": 10, "offset": 10}).json() == second.json()
