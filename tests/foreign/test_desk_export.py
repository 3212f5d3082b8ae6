"""What the desk gives out, however long the list: read by others' CSV and JSON."""

import csv
import io
import json
import os
import re
import socket
import sqlite3
import subprocess
import time
from pathlib import Path

import pyotp
import pytest
import requests

MORE = 1300


@pytest.fixture(scope="module")
def lead(tmp_path_factory):
    """Somebody who leads an office of a member with a long list, at a browser of their own."""
    folder = tmp_path_factory.mktemp("export")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    demo = [os.environ["RAUM"], "demo", "--no-serve", "--port", str(port), "--dir", str(folder), "--cases", "20"]
    subprocess.run(demo, check=True, stdout=subprocess.DEVNULL)
    lengthen(folder / "members" / "bonn" / "raum.db")
    environment = os.environ | {"RAUM_LISTEN": f"127.0.0.1:{port}", "RAUM_LOG": "error"}
    process = subprocess.Popen([os.environ["RAUM"], "serve", "--data", str(folder)], env=environment)
    try:
        member = next(each for each in json.loads(Path(folder, "demo.json").read_text())["members"] if each["slug"] == "bonn")
        for _ in range(300):
            assert process.poll() is None, "the member did not start"
            try:
                if requests.get(f"http://127.0.0.1:{port}/ready", timeout=2).ok:
                    break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield {role: signed_in(member, role) for role in ["lead", "auditor"]}, member["url"]
    finally:
        process.terminate()
        process.wait(30)


def lengthen(path):
    """Makes the list longer than any part of it that is sent at once, with many rows that changed at the same moment."""
    database = sqlite3.connect(path)
    case = "office_id, opened, updated, due, title, state, module"
    report = "category, visibility, text, lat, lon, cell, address, opened"
    first = database.execute("select case_id from report limit 1").fetchone()[0]
    for number in range(MORE):
        new = b"\x01" + number.to_bytes(15, "big")
        database.execute(f"insert into case_file (id, number, {case}) select ?, ?, {case} from case_file where id = ?",
                         (new, f"{number + 1000}-2020", first))
        database.execute(f"insert into report (case_id, {report}) select ?, {report} from report where case_id = ?", (new, first))
    database.commit()
    database.close()


def signed_in(member, role):
    login = next(login for login in member["logins"] if login["role"] == role)
    session = requests.Session()
    session.headers.update({"Origin": member["url"], "Accept": "text/html", "Accept-Language": "de"})
    session.post(member["url"] + "/anmelden", data={"email": login["email"], "passwort": login["password"]})
    session.post(member["url"] + "/anmelden/zweiter-faktor", data={"code": pyotp.TOTP(login["totp"]).now()})
    return session


@pytest.mark.parametrize("order", ["-geaendert", "frist", "nummer"])
def test_a_long_list_is_given_out_whole_and_each_case_once(lead, order):
    sessions, url = lead
    answer = sessions["lead"].get(f"{url}/arbeitsplatz/export.csv?status=alle&sort={order}")
    assert answer.ok and answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert len(rows) == MORE + 20
    assert len({row["nummer"] for row in rows}) == len(rows)
    features = sessions["lead"].get(f"{url}/arbeitsplatz/export.geojson?status=alle&sort={order}").json()["features"]
    assert [feature["properties"]["nummer"] for feature in features] == [row["nummer"] for row in rows]


def test_the_account_names_every_row_that_was_given_out(lead):
    sessions, url = lead
    kept = sessions["lead"].get(f"{url}/arbeitsplatz/export.csv?status=alle&q=&sort=-nummer")
    count = len(list(csv.DictReader(io.StringIO(kept.content.decode("utf-8-sig"), newline=""))))
    page = sessions["auditor"].get(f"{url}/arbeitsplatz/protokoll").text
    given = re.findall(r"&#34;rows&#34;:(\d+)|\"rows\":(\d+)|&quot;rows&quot;:(\d+)", page)
    numbers = [int(next(filter(None, each))) for each in given]
    assert numbers and sum(numbers[:3]) == count, numbers
