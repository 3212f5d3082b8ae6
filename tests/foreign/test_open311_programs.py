"""Keys, updates and webhooks of programs, and the interface under a machine that tries everything."""

import datetime
import http.server
import json
import os
import re
import subprocess
import threading
import time

import pyotp
import pytest
import requests
from geo import base, errors, holds
from pathlib import Path
from standardwebhooks.webhooks import Webhook

KEYS = "/arbeitsplatz/anliegen/schluessel"
HOOKS = "/arbeitsplatz/anliegen/webhooks"


@pytest.fixture(scope="module")
def admin(region):
    """Somebody of the administration at a browser of their own."""
    return signed_in(region, "admin")


@pytest.fixture(scope="module")
def lead(region):
    """Somebody who leads an office, at a browser of their own."""
    return signed_in(region, "lead")


def signed_in(region, role):
    member = region["rhein-erft-kreis"]
    login = next(login for login in member["logins"] if login["role"] == role)
    session = requests.Session()
    session.headers.update({"Origin": member["url"], "Accept": "text/html", "Accept-Language": "de"})
    post(session, member, "/anmelden", {"email": login["email"], "passwort": login["password"]})
    post(session, member, "/anmelden/zweiter-faktor", {"code": pyotp.TOTP(login["totp"]).now()})
    return session, member


def post(session, member, path, fields, where=None):
    """Sends a form as a browser does, with the id of the page it stands on."""
    page = session.get(member["url"] + (where or path))
    form = re.search('name="_form" value="([0-9a-f-]+)"', page.text)
    return session.post(member["url"] + path, data=fields | ({"_form": form.group(1)} if form else {}))


def listen():
    """A server that keeps what arrives, and its address."""
    Receiver.got, Receiver.status = [], 200
    server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/hook"


def make_key(admin, **fields):
    session, member = admin
    page = post(session, member, KEYS, {"name": "Probe", "contact": "probe@example.org", "per_hour": "3600"} | fields)
    assert page.ok, page.text
    return re.search('id="schluessel">([^<]+)<', page.text).group(1)


def report(member, key, **change):
    data = {"api_key": key, "service_code": "laterne", "lat": "50.9", "long": "6.7", "description": "dunkel"}
    return requests.post(f"{base(member)}/requests.json", data=data | change)


def test_a_key_is_made_used_limited_and_revoked(admin):
    session, member = admin
    assert requests.get(member["url"] + KEYS, allow_redirects=False).status_code in (401, 303)
    wrong = post(session, member, KEYS, {"name": "", "contact": "", "per_hour": "0"})
    assert wrong.text.count('kern-error"') >= 3
    key = make_key(admin, scope_report="1", per_hour="3")
    assert report(member, key).ok
    update = {"api_key": key, "service_request_id": "1-2026", "update_id": "1", "status": "open", "updated_datetime": "2026-01-01T00:00:00Z"}
    assert requests.post(f"{base(member)}/servicerequestupdates.json", data=update).status_code == 403
    assert report(member, key, lat="95").status_code == 400
    refused = report(member, key)
    assert refused.status_code == 429 and int(refused.headers["retry-after"]) > 0 and errors(refused, "json")
    page = session.get(member["url"] + KEYS).text
    assert key not in page
    revoke = re.search(f'action="({KEYS}/[0-9a-f]+/widerrufen)"', page).group(1)
    assert session.post(member["url"] + revoke).ok
    assert report(member, key).status_code == 403


def test_updates_go_both_ways(admin):
    _, member = admin
    key = make_key(admin, scope_report="1", scope_update="1")
    number = report(member, key).json()[0]["service_request_id"]
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    update = {"api_key": key, "jurisdiction_id": "", "service_request_id": number, "update_id": "extern-1",
              "updated_datetime": now, "status": "IN_PROGRESS", "description": "Ersatz ist bestellt."}
    address = f"{base(member)}/servicerequestupdates"
    for _ in range(2):
        answer = requests.post(f"{address}.json", data=update)
        assert answer.ok and answer.json() == [{"update_id": "extern-1"}], answer.text
    found = requests.get(f"{address}.json", params={"start_date": now, "service_request_id": number}).json()
    holds(member, "Updates", found)
    assert [(row["status"], row["description"]) for row in found] == [("in_progress", "Ersatz ist bestellt.")]
    bad = {"service_request_id": "", "status": "ajar", "updated_datetime": "gestern", "description": "x" * 4001}
    assert len(errors(requests.post(f"{address}.json", data=update | bad), "json")) == 4
    turned = {"start_date": "2026-03-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"}
    assert requests.get(f"{address}.xml", params=turned).status_code == 400


class Receiver(http.server.BaseHTTPRequestHandler):
    """Keeps what arrives; answers as it is told."""

    got, status = [], 200

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        Receiver.got.append((dict(self.headers), body))
        self.send_response(Receiver.status)
        self.end_headers()

    def log_message(self, *_):
        pass


def wait(condition, seconds=30):
    for _ in range(seconds * 10):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


def test_a_webhook_is_signed_tried_again_and_tells_nothing_personal(admin):
    session, member = admin
    for url in ["http://example.org/", "ftp://localhost/", "https://a:b@example.org/", "nonsense"]:
        assert "kern-error" in post(session, member, HOOKS, {"url": url, "event_opened": "1"}).text
    url = listen()
    page = post(session, member, HOOKS, {"url": url, "event_opened": "1", "event_answer": "1", "category_laterne": "1"})
    secret = re.search('id="geheimnis">([^<]+)<', page.text).group(1)
    Receiver.status = 500
    key = make_key(admin, scope_report="1", scope_update="1")
    number = report(member, key, email="berta@example.org", first_name="Berta", description="Bei Familie Muster").json()[0]["service_request_id"]
    report(member, key, service_code="gully")
    wait(lambda: Receiver.got)
    Receiver.status = 200
    wait(lambda: len(Receiver.got) > 1)
    time.sleep(3)
    headers, body = Receiver.got[-1]
    news = Webhook(secret).verify(body, {name.lower(): value for name, value in headers.items()})
    assert news["type"] == "report.opened" and news["data"]["service_request_id"] == number
    assert len({headers["webhook-id"] for headers, _ in Receiver.got}) == 1, "the same news has the same id"
    assert not any(word in body.decode() for word in ["Berta", "berta", "Muster", "50.9"])
    with pytest.raises(Exception):
        Webhook(secret).verify(body + b" ", {name.lower(): value for name, value in headers.items()})
    assert "in Ordnung" in session.get(member["url"] + HOOKS).text
    change = re.search(f'action="({HOOKS}/[0-9a-f]+)"', session.get(member["url"] + HOOKS).text).group(1)
    assert session.post(member["url"] + change, data={"schritt": "beenden"}).ok
    assert url not in session.get(member["url"] + HOOKS).text


def test_what_the_desk_does_is_told_once_to_webhooks_and_in_the_updates(admin, lead):
    _, member = admin
    session, _ = lead
    events = {f"event_{name}": "1" for name in ["answer", "state", "merged"]}
    post(admin[0], member, HOOKS, {"url": listen()} | events)
    key = make_key(admin, scope_report="1")
    main, twin = [report(member, key).json()[0]["service_request_id"] for _ in range(2)]
    desk = "/arbeitsplatz/fall/"
    assert post(session, member, f"{desk}{twin}/zusammenfuehren", {"into": main}).ok
    step = {"schritt": "antwort", "text": "Die Lampe leuchtet wieder.", "status": "done"}
    assert post(session, member, desk + main, step).ok
    wait(lambda: len(Receiver.got) >= 5)
    time.sleep(3)
    news = [json.loads(body) for _, body in Receiver.got]
    told = sorted((each["data"]["service_request_id"], each["type"]) for each in news)
    both = [(number, f"report.{what}") for number in [main, twin] for what in ["answer", "state"]]
    assert told == sorted(both + [(twin, "report.merged")]), "each once, and the twin hears what happens to the other"
    for number in [main, twin]:
        rows = requests.get(f"{base(member)}/servicerequestupdates.json", params={"service_request_id": number}).json()
        holds(member, "Updates", rows)
        assert [(row["status"], row["description"]) for row in rows] == [("fixed", "Die Lampe leuchtet wieder.")]
    page = requests.get(f"{member['url']}/anliegen/{twin}").text
    assert f"/anliegen/{main}" in page, "the page of the twin leads to the other"


def test_a_machine_that_tries_everything_finds_no_fault_of_ours(region, tmp_path):
    """schemathesis makes calls from the OpenAPI document; whatever it sends, the server never fails and says what it
    promised."""
    member = region["rhein-erft-kreis"]
    document = requests.get(f"{member['url']}/open311/openapi.json").json()
    # With a key that is good, so that calls come further than the door; some come without.
    key = member["open311_api_key"]
    document["components"]["parameters"]["api_key"]["schema"]["enum"] = ["", key]
    for name in ["NewRequest", "NewUpdate"]:
        document["components"]["schemas"][name]["properties"]["api_key"]["enum"] = [key]
    document["components"]["schemas"]["NewRequest"]["properties"]["service_code"]["enum"] = ["laterne", "muell", "schrottauto"]
    # The host name is told by header, because the tool's resolver does not know names below .localhost.
    port = member["url"].rsplit(":", 1)[1]
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document))
    tool = Path(os.sys.executable).with_name("schemathesis")
    command = [tool, "run", str(path), "--url", f"http://127.0.0.1:{port}/open311", "-H", f"Host: {member['url'].split('//')[1]}",
               "--phases", "examples,coverage,fuzzing", "-n", "25", "--seed", "2012", "--max-failures", "5",
               "-c", "not_a_server_error,response_schema_conformance,status_code_conformance,content_type_conformance",
               "--warnings", "off"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=600, cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
