"""Files written by pyshp and GDAL, and days off by PyPI's holidays: what others make is read as they meant it."""

import datetime
import os
import re
import shutil
import sqlite3
import subprocess
import zipfile

import holidays
import numpy
import pyogrio
import pyproj
import pytest
import shapefile
import shapely

ALT, NEU = "053150000000", "053620020020"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A data folder with one member."""
    folder = tmp_path_factory.mktemp("data")
    add = ["member", "add", "koeln", "--name", "Stadt Köln", "--ars", "05315", "--host", "koeln.localhost",
           "--url", "http://koeln.localhost:8115", "--email", "amt@koeln.example"]
    for command in (["init"], add):
        subprocess.run([os.environ["RAUM"], "--data", folder, *command], check=True, capture_output=True)
    return folder


@pytest.fixture
def node(made, tmp_path):
    """A copy of it for each test."""
    return shutil.copytree(made, tmp_path / "data")


def read(node, kind, file, *options):
    command = [os.environ["RAUM"], "--data", node, "import", kind, "--member", "koeln", *options, file]
    return subprocess.run(command, capture_output=True, text=True)


def kept(node, sql):
    with sqlite3.connect(node / "members" / "koeln" / "raum.db") as database:
        return database.execute(sql).fetchall()


def square(west, south, side=2000):
    """A square in UTM 32N, in metres from Köln."""
    x, y = 350_000 + west, 5_640_000 + south
    return shapely.Polygon([(x, y), (x, y + side), (x + side, y + side), (x + side, y)])


def zipped(folder, shapes, names, *, prj, encoding="utf-8", cpg=None, keys=(ALT, NEU)):
    with shapefile.Writer(str(folder / "areas"), shapeType=shapefile.POLYGON, encoding=encoding) as writer:
        writer.field("RS", "C", 12)
        writer.field("GEN", "C", 60)
        for shape, key, name in zip(shapes, keys, names):
            writer.poly([list(ring.coords) for ring in [shape.exterior, *shape.interiors]])
            writer.record(key, name)
    if prj:
        (folder / "areas.prj").write_text(prj)
    if cpg:
        (folder / "areas.cpg").write_text(cpg)
    path = folder / "areas.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in folder.glob("areas.???"):
            if part.suffix != ".zip":
                archive.write(part, part.name)
    return path


def gdal(path, geometries, fields, crs, kind="Polygon"):
    names = list(fields)
    pyogrio.raw.write(path, shapely.to_wkb(numpy.array(geometries, dtype=object)),
                      [numpy.array(fields[name], dtype=object) for name in names], names,
                      geometry_type=kind, crs=crs)
    return path


ESRI = pyproj.CRS.from_epsg(25832).to_wkt("WKT1_ESRI")


def degrees(x, y):
    return pyproj.Transformer.from_crs(25832, 4326, always_xy=True).transform(x, y)


def test_a_shapefile_in_utm_is_where_proj_says(node, tmp_path):
    path = zipped(tmp_path, [square(0, 0), square(2000, 0)], ["Köln", "Frechen"], prj=ESRI)
    said = read(node, "boundaries", path)
    assert said.returncode == 0, said.stderr
    assert "ETRS89 / UTM zone 32N (EPSG:25832)" in said.stdout
    rows = kept(node, "select ars, name, shape from area order by ars")
    assert [row[:2] for row in rows] == [(ALT, "Köln"), (NEU, "Frechen")]
    ring = shapely.from_geojson(rows[0][2])
    expected = shapely.transform(square(0, 0), lambda points: numpy.array([degrees(*point) for point in points]))
    # A millionth of a degree is about ten centimetres.
    assert shapely.hausdorff_distance(ring, expected) < 1e-6


def test_a_geopackage_with_an_enclave_and_many_parts_is_taken(node, tmp_path):
    outer = square(0, 0, 6000).difference(square(2000, 2000))
    both = shapely.MultiPolygon([outer, square(9000, 0)])
    path = gdal(tmp_path / "areas.gpkg", [both, shapely.MultiPolygon([square(2000, 2000)])],
                {"ars": [ALT, NEU], "name": ["Ring", "Insel"]}, "EPSG:25832", "MultiPolygon")
    said = read(node, "boundaries", path)
    assert said.returncode == 0, said.stderr
    assert "Feature 1 (Ring): Has a hole." in said.stdout
    assert "Feature 2 (Insel): Lies in a hole of Ring" in said.stdout
    shape = shapely.from_geojson(kept(node, "select shape from area order by ars")[0][0])
    assert shape.geom_type == "MultiPolygon" and sum(len(part.interiors) for part in shape.geoms) == 1


@pytest.mark.parametrize("name, driver", [("areas.geojson", "GeoJSON"), ("areas.gpkg", "GPKG")])
def test_degrees_are_taken_as_they_are(node, tmp_path, name, driver):
    shape = shapely.transform(square(0, 0), lambda points: numpy.array([degrees(*point) for point in points]))
    path = gdal(tmp_path / name, [shape], {"ars": [ALT], "name": ["Köln"]}, "EPSG:4326")
    said = read(node, "boundaries", path)
    assert said.returncode == 0, said.stderr
    assert kept(node, "select name from area") == [("Köln",)]


def test_gauss_krueger_is_refused_by_name(node, tmp_path):
    projector = pyproj.Transformer.from_crs(25832, 31466, always_xy=True)
    shape = shapely.transform(square(0, 0), lambda points: numpy.array([projector.transform(*point) for point in points]))
    path = gdal(tmp_path / "areas.gpkg", [shape], {"ars": [ALT], "name": ["Köln"]}, "EPSG:31466")
    said = read(node, "boundaries", path)
    assert said.returncode != 0
    assert "Gauss-Kruger zone 2 (EPSG:31466)" in said.stderr
    prj = pyproj.CRS.from_epsg(31466).to_wkt("WKT1_ESRI")
    said = read(node, "boundaries", zipped(tmp_path, [shape], ["Köln"], prj=prj))
    assert said.returncode != 0 and "DHDN_3_Degree_Gauss_Zone_2" in said.stderr
    assert kept(node, "select count(*) from area") == [(0,)]


def test_a_shapefile_that_does_not_say_where_it_is_is_refused(node, tmp_path):
    said = read(node, "boundaries", zipped(tmp_path, [square(0, 0)], ["Köln"], prj=None))
    assert said.returncode != 0 and ".prj" in said.stderr


def test_encodings_are_read_or_refused_with_the_feature(node, tmp_path):
    shapes = [square(0, 0), square(2000, 0)]
    for number, cpg in enumerate([None, "1252", "ISO-8859-1"]):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = zipped(folder, shapes, ["Köln", "Fürth"], prj=ESRI, encoding="cp1252", cpg=cpg)
        assert read(node, "boundaries", path).returncode == 0
        assert kept(node, "select name from area order by ars") == [("Köln",), ("Fürth",)]
    folder = tmp_path / "wrong"
    folder.mkdir()
    said = read(node, "boundaries", zipped(folder, shapes, ["Koeln", "Fürth"], prj=ESRI, encoding="cp1252", cpg="UTF-8"))
    assert said.returncode != 0 and "Feature 2" in said.stderr and "encoding" in said.stderr
    folder = tmp_path / "twice"
    folder.mkdir()
    said = read(node, "boundaries", zipped(folder, shapes, ["Köln", "Furth"], prj=ESRI, encoding="utf-8", cpg="1252"))
    assert said.returncode != 0 and "Feature 1" in said.stderr and "encoding" in said.stderr


def test_what_gdal_calls_invalid_is_refused_with_its_feature(node, tmp_path):
    bow = shapely.Polygon([(350_000, 5_640_000), (352_000, 5_642_000), (352_000, 5_640_000), (350_000, 5_642_000)])
    assert not shapely.is_valid(bow)
    path = gdal(tmp_path / "bow.gpkg", [square(9000, 0), bow], {"ars": [ALT, NEU], "name": ["Gut", "Schleife"]}, "EPSG:25832")
    said = read(node, "boundaries", path)
    assert said.returncode != 0 and "Feature 2 (Schleife): The outline crosses itself at" in said.stderr
    path = gdal(tmp_path / "over.gpkg", [square(0, 0), square(1000, 0)], {"ars": [ALT, NEU], "name": ["A", "B"]}, "EPSG:25832")
    said = read(node, "boundaries", path)
    # Half of four square kilometres, to a few parts in a thousand.
    hectares = re.search(r"Overlaps B by ([\d.]+) ha", said.stderr)
    assert said.returncode != 0 and abs(float(hectares[1]) - 200) < 1
    assert kept(node, "select count(*) from area") == [(0,)]


def test_addresses_of_a_geopackage_are_found_again(node, tmp_path):
    assert read(node, "boundaries", zipped(tmp_path, [square(0, 0, 9000)], ["Köln"], prj=ESRI)).returncode == 0
    points = [shapely.Point(351_000 + 20 * number, 5_641_000) for number in range(1, 40)]
    fields = {"strasse": ["Äußere Ringstraße"] * 39, "hausnummer": [f"{number} a" for number in range(1, 40)]}
    path = gdal(tmp_path / "houses.gpkg", points, fields, "EPSG:25832", "Point")
    said = read(node, "streets", path)
    assert said.returncode == 0, said.stderr
    rows = kept(node, "select s.town, s.name, s.folded, a.number, a.suffix, a.lat, a.lon from address a "
                      "join street s on s.id = a.street and s.edition = a.edition order by a.number")
    assert len(rows) == 39 and rows[0][:5] == ("Köln", "Äußere Ringstraße", "aeussereringstrasse", 1, "a")
    lon, lat = degrees(351_020, 5_641_000)
    assert abs(rows[0][5] / 1e6 - lat) < 2e-6 and abs(rows[0][6] / 1e6 - lon) < 2e-6


def test_the_days_off_are_those_another_library_names(node):
    ours, theirs = set(), set()
    for year in range(2024, 2035):
        command = [os.environ["RAUM"], "--data", node, "import", "holidays", "--member", "koeln", "--year", str(year)]
        subprocess.run(command, check=True, capture_output=True)
        theirs |= {day.isoformat() for day in holidays.country_holidays("DE", subdiv="NW", years=year)}
    ours = {day for (day,) in kept(node, "select day from holiday")}
    assert ours == theirs
    assert datetime.date(2027, 5, 27).isoformat() in ours
