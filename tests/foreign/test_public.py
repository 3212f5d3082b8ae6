"""Feeds, calendar and files of reports, read by programs nobody here wrote."""

import csv
import io
import json
import sqlite3
from urllib.parse import urlparse

import feedparser
import icalendar
import pytest
import requests
from shapely.geometry import box, shape


@pytest.fixture(scope="module")
def url(region):
    return region["rhein-sieg-kreis"]["url"]


def rows(url, query=""):
    answer = requests.get(f"{url}/anliegen/daten.csv?{query}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8"), newline="")))


def test_the_csv_file_holds_everything_once(url):
    everything = rows(url)
    public = requests.get(f"{url}/open311/v2/requests.json", params={"page_size": 1000}).json()
    # A few wait for somebody to look at them first.
    assert 100 < len(public) <= 120
    assert sorted(row["nummer"] for row in everything) == sorted(row["service_request_id"] for row in public)
    assert all(None not in row.values() and None not in row for row in everything)
    lamps = rows(url, "kategorie=laterne&status=offen")
    expected = [row for row in everything if row["kategorie"] == "laterne" and not row["beendet"]]
    assert lamps == expected


def test_the_csv_file_comes_in_parts_with_links(url):
    wide = rows(url, "vor=" + "0" * 19 + "-" + "0" * 32)
    assert wide == []
    assert requests.get(f"{url}/anliegen/daten.csv?vor=x").status_code == 400


def test_the_geojson_file_says_the_same_as_the_csv_file(url):
    answer = requests.get(f"{url}/anliegen/daten.geojson?bbox=7.1,50.6,7.4,50.9")
    assert answer.headers["content-type"] == "application/geo+json"
    features = json.loads(answer.text)["features"]
    assert 0 < len(features) < 120
    inside = box(7.1, 50.6, 7.4, 50.9)
    assert all(inside.covers(shape(feature["geometry"])) for feature in features)
    assert [feature["id"] for feature in features] == [row["nummer"] for row in rows(url, "bbox=7.1,50.6,7.4,50.9")]


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_a_feed_has_the_newest_reports(url, kind):
    feed = feedparser.parse(requests.get(f"{url}/anliegen/feed.{kind}?kategorie=laterne").content)
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == {"atom": "atom10", "rss": "rss20"}[kind]
    expected = [row["seite"] for row in rows(url, "kategorie=laterne")]
    assert [entry.link for entry in feed.entries] == expected
    assert len({entry.id for entry in feed.entries}) == len(expected)
    times = [entry.published_parsed for entry in feed.entries]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_the_feed_of_one_report_is_its_timeline(url, kind):
    done = rows(url, "status=beendet")[0]
    feed = feedparser.parse(requests.get(f"{url}/anliegen/feed.{kind}?anliegen={done['nummer']}").content)
    assert not feed.bozo
    assert len(feed.entries) >= 3
    assert "Antwort der Verwaltung" in [entry.title for entry in feed.entries]
    assert requests.get(f"{url}/anliegen/feed.{kind}?anliegen=99999-2026").status_code == 404


@pytest.fixture(scope="module")
def promised(url, tmp_path_factory):
    """Some open reports get a date by which they are promised to be done."""
    [database] = tmp_path_factory.getbasetemp().glob("region0/members/rhein-sieg-kreis/raum.db")
    numbers = [row["nummer"] for row in rows(url, "status=offen")[:3]]
    with sqlite3.connect(database, timeout=30) as connection:
        for day, number in enumerate(numbers):
            due = 1_796_000_000_000_000 + day * 86_400_000_000
            connection.execute("update case_file set due = ? where number = ?", (due, number))
    return numbers


def test_the_calendar_has_the_promised_dates(url, promised):
    calendar = icalendar.Calendar.from_ical(requests.get(f"{url}/anliegen/termine.ics").content)
    assert str(calendar["version"]) == "2.0"
    dates = {row["seite"]: row["versprochen"] for row in rows(url, "status=offen") if row["versprochen"]}
    assert {f"{url}/anliegen/{number}" for number in promised} <= set(dates)
    events = {str(event["url"]): event for event in calendar.walk("VEVENT")}
    assert set(events) == set(dates)
    for page, event in events.items():
        assert event["dtstart"].dt.strftime("%Y-%m-%dT%H:%M:%SZ") == dates[page]
        assert str(event["uid"]).endswith("@" + urlparse(url).hostname)


def test_the_list_tells_programs_of_its_feeds(url):
    page = requests.get(f"{url}/anliegen?status=offen").text
    for media_type, path in (("application/atom+xml", "feed.atom"), ("application/rss+xml", "feed.rss")):
        assert f'<link rel="alternate" type="{media_type}"' in page
        assert f'href="/anliegen/{path}?status=offen"' in page
