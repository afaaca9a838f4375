"""What exchange must respect (交流限制): townships, distance, so many teachers a school."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations
from math import asin, cos, radians, sin, sqrt

from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import is_missing

MOST_OUT, MOST_IN, FARTHEST, SAME_TOWNSHIP = (
    "exchange_most_out", "exchange_most_in", "exchange_farthest_km", "exchange_same_township")
_EARTH_KM = 6371.0088  # mean radius, IUGG


@dataclass(frozen=True)
class Restrictions:
    """What exchange must respect (交流限制), if anything.

    ``groups`` maps school_code to a group; schools exchange within their group only, a school
    without one exchanges with nobody. Without ``groups``, public schools are one group and
    private ones (民办) take no part: exchange is for teachers on the public payroll; a school
    that does not state its ownership counts as public. ``most_out`` and ``most_in`` are persons
    a school, stage and indicator. ``farthest_km`` is the great-circle distance up to which two
    schools may exchange; with ``same_township`` public schools exchange within their township.
    """

    groups: Mapping[str, str] | None = None
    most_out: int | None = None
    most_in: int | None = None
    farthest_km: Fraction | None = None
    same_township: bool = False

    def group_of(self, school: Mapping) -> str:
        """Return the group in which a school exchanges; its own code if with nobody."""
        code = school["school_code"]
        if self.groups is not None:
            return self.groups.get(code, code)
        if school["ownership"] == "private" or self.lacks(school):
            return code
        return school["township"] if self.same_township else ""

    def lacks(self, school: Mapping) -> tuple[str, ...]:
        """Return what keeps a school out though a limit asks for it: 乡镇, 经纬度."""
        lacking = ["乡镇"] if self.same_township and not school.get("township") else []
        if self.farthest_km is not None and place_of(school) is None:
            lacking.append("经纬度")
        return tuple(lacking)

    def left_out(self, schools: list[dict]) -> str:
        """Name the schools that take no part for want of township or place; "" if none."""
        found: dict[str, list[str]] = {}
        for school in schools:
            lacking = self.lacks(school) if school["ownership"] != "private" else ()
            if lacking:
                found.setdefault("和".join(lacking), []).append(school["name"])
        return "；".join(f"未填{what}、不参加交流：{'、'.join(dict.fromkeys(names))}"
                        for what, names in found.items())

    def allowed(self, schools: list[Mapping], groups: list[str]) -> frozenset | None:
        """Return the pairs (giver, taker) near enough in one group; None without a distance."""
        if self.farthest_km is None:
            return None
        places = [place_of(school) for school in schools]
        return frozenset(
            (a, b) for a, b in permutations(range(len(schools)), 2)
            if groups[a] == groups[b] and places[a] and places[b]
            and great_circle_km(places[a], places[b]) <= self.farthest_km)


ANYWHERE = Restrictions()


def restrictions(facts: Mapping[str, Fraction]) -> Restrictions:
    """Return the limits that the county states among its figures (县级数据); none by default.

    >>> restrictions({"exchange_most_out": Fraction(2)}).most_out
    2
    """
    same = facts.get(SAME_TOWNSHIP)
    if same not in (None, 0, 1):
        raise WrongUse("“教师交流限同一乡镇”应填1（是）或0（否）")
    most_out, most_in = (None if is_missing(facts.get(name)) else int(facts[name])
                         for name in (MOST_OUT, MOST_IN))
    return Restrictions(most_out=most_out, most_in=most_in, farthest_km=facts.get(FARTHEST),
                        same_township=same == 1)


def place_of(school: Mapping) -> tuple[float, float] | None:
    """Return longitude and latitude in degrees; None unless both are stated."""
    place = [school.get(name) for name in ("longitude_deg", "latitude_deg")]
    return None if any(map(is_missing, place)) else (float(place[0]), float(place[1]))


def great_circle_km(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Return the distance of two places on the sphere (球面距离), in kilometres, by haversines.

    Source: R. W. Sinnott, Virtues of the Haversine, Sky & Telescope 68 (1984) 159.

    Worked case: one degree along the equator is 2π·6371.0088/360 = 111.195 km.

    >>> round(great_circle_km((0, 0), (1, 0)), 3)
    111.195
    """
    (lon, lat), (lon2, lat2) = (map(radians, place) for place in (here, there))
    half = sin((lat2 - lat) / 2)**2 + cos(lat) * cos(lat2) * sin((lon2 - lon) / 2)**2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(half)))
