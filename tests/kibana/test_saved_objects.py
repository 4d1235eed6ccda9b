"""What the generated file is as a whole."""

import json
import re

import pytest

from search.fields import fields
from search.kibana.colours import FEELINGS, PERMISSIONS, Badge
from search.kibana.dashboards import CONTROLS, DASHBOARDS, STANDING
from search.kibana.saved_objects import saved_objects, to_ndjson
from search.kibana.searches import SEARCHES
from search.vocabulary import Feeling, Permission
from tests.kibana.reading import charts_of, controls_of, layers_of, of_type, panels_of

LARGEST_IMPORT = 26_214_400


def test_a_second_call_gives_the_same_file() -> None:
    assert to_ndjson(saved_objects()) == to_ndjson(saved_objects())


def test_ids_are_those_that_were_installed_before() -> None:
    ids = {saved["attributes"]["title"]: saved["id"] for saved in saved_objects()}

    assert ids["sayso-mentions"] == "c19584e8-84df-5bac-8ef4-89bdfe6dc058"
    assert ids["[sayso] New today"] == "370bc293-5903-53b4-a1e7-4cb671f1e622"
    assert ids["[sayso] Listening"] == "b7351667-5529-5baa-85e7-a2628b3a87b2"


def test_another_prefix_shares_no_id_and_no_title() -> None:
    ours, theirs = to_ndjson(saved_objects()).decode(), to_ndjson(saved_objects("acme")).decode()
    ids = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

    assert set(ids.findall(ours)) & set(ids.findall(theirs)) == set()
    assert "sayso-mentions" not in theirs
    assert "[sayso]" not in theirs


def test_the_file_is_one_object_a_line() -> None:
    objects = saved_objects()
    text = to_ndjson(objects)

    assert [json.loads(line) for line in text.splitlines()] == objects
    assert text.endswith(b"\n")
    assert not text.startswith(b"\xef\xbb\xbf")
    assert b"exportedCount" not in text
    assert len(text) < LARGEST_IMPORT


def test_lines_hold_no_line_separators_that_other_readers_split_at() -> None:
    text = to_ndjson(saved_objects()).decode()

    assert text.splitlines() == text.removesuffix("\n").split("\n")


def test_everything_in_the_tables_is_in_the_file() -> None:
    objects = saved_objects()
    titles = [saved["attributes"]["title"] for saved in objects]

    assert titles == [
        "sayso-mentions",
        *(f"[sayso] {search.title}" for search in SEARCHES),
        *(f"[sayso] {dashboard.title}" for dashboard in DASHBOARDS),
    ]


def test_every_dashboard_begins_with_text_and_has_all_controls() -> None:
    for dashboard in of_type(saved_objects(), "dashboard"):
        controls = sorted(controls_of(dashboard).values(), key=lambda control: control["order"])
        named = [control["explicitInput"]["fieldName"] for control in controls]

        assert panels_of(dashboard)[0]["type"] == "visualization"
        assert named == [field for field, _ in CONTROLS] == ["brands", "source", "language"]


def test_titles_of_panels_are_unique_within_a_dashboard() -> None:
    for dashboard in DASHBOARDS:
        titles = [panel.title for row in dashboard.rows for panel in row.panels]

        assert len(set(titles)) == len(titles)


def test_rows_share_the_grid_without_a_rest() -> None:
    assert {48 % len(row.panels) for dashboard in DASHBOARDS for row in dashboard.rows} == {0}


def test_the_data_view_reads_the_alias_and_hides_our_own_fields() -> None:
    view = saved_objects("acme")[0]["attributes"]

    assert view["title"] == "acme-mentions"
    assert view["timeFieldName"] == "published_at"
    assert json.loads(view["sourceFilters"]) == [{"value": "sayso.*"}]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("url", {"id": "url", "params": {"type": "a"}}),
        ("media.licence.url", {"id": "url", "params": {"type": "a"}}),
        ("rating.stars", {"id": "number", "params": {"pattern": "0.0"}}),
        ("engagement.likes", {"id": "number", "params": {"pattern": "0,0"}}),
        ("author.name", None),
    ],
)
def test_fields_have_a_format_that_suits_them(path: str, expected: object) -> None:
    formats = json.loads(saved_objects()[0]["attributes"]["fieldFormatMap"])

    assert formats.get(path) == expected


@pytest.mark.parametrize("path", ["sentiment.label", "permission"])
def test_every_value_of_a_closed_set_has_a_badge_of_its_own(path: str) -> None:
    form = json.loads(saved_objects()[0]["attributes"]["fieldFormatMap"])[path]
    patterns = [colour["regex"] for colour in form["params"]["colors"]]

    for value in fields()[path].values:
        assert [value] == [p.strip("^$") for p in patterns if re.search(p, value)]
    assert form["id"] == "color"


@pytest.mark.parametrize("badge", [*FEELINGS.values(), *PERMISSIONS.values()])
def test_badges_can_be_read(badge: Badge) -> None:
    light, dark = sorted((luminance(badge.ground), luminance(badge.text)), reverse=True)

    assert (light + 0.05) / (dark + 0.05) >= 4.5


def luminance(colour: str) -> float:
    """Relative luminance as the Web Content Accessibility Guidelines define it."""
    shades = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        shade / 12.92 if shade <= 0.04045 else ((shade + 0.055) / 1.055) ** 2.4 for shade in shades
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_no_two_values_look_alike() -> None:
    assert len(set(FEELINGS.values())) == len(Feeling)
    assert len(set(PERMISSIONS.values())) == len(Permission)


def test_feelings_have_the_same_colours_in_charts_and_tables() -> None:
    text = to_ndjson(saved_objects()).decode()

    for badge in FEELINGS.values():
        assert re.search(rf'\\"background\\": \\"{badge.ground}', text)
        assert re.search(rf'\\"color\\": \\"{badge.ground}', text)
        assert re.search(rf'\\"colorsByDimension\\": {{[^}}]*{badge.ground}', text)


@pytest.mark.parametrize(
    ("title", "along", "across"),
    [
        ("Share of voice", "date_histogram", "terms"),
        ("Average stars over time", "date_histogram", None),
        ("Permissions by source", "terms", "filters"),
    ],
)
def test_charts_run_along_time_or_what_they_list(
    title: str, along: str, across: str | None
) -> None:
    (chart,) = (
        chart
        for dashboard in of_type(saved_objects(), "dashboard")
        for _, chart in charts_of(dashboard)
        if chart["title"] == title
    )
    (layer,) = layers_of(chart).values()
    (drawn,) = chart["state"]["visualization"]["layers"]
    columns = {None: None} | {
        key: column["operationType"] for key, column in layer["columns"].items()
    }

    assert columns[drawn["xAccessor"]] == along
    assert columns[drawn.get("splitAccessor")] == across


def test_searches_bring_their_own_time_or_would_show_fifteen_minutes() -> None:
    for search in of_type(saved_objects(), "search"):
        assert search["attributes"]["timeRestore"] is True
        assert search["attributes"]["timeRange"]["to"] == "now"


def test_permissions_stand_in_the_order_of_the_workflow() -> None:
    dashboard = of_type(saved_objects(), "dashboard")[-1]
    (chart,) = (chart for _, chart in charts_of(dashboard) if chart["title"] == "Permissions")
    (layer,) = layers_of(chart).values()
    steps = layer["columns"]["by0"]["params"]["filters"]

    assert [step["input"]["query"] for step in steps] == [
        f'permission : "{value}"' for value in Permission
    ]
    assert [step["label"] for step in steps] == [label for label, _ in STANDING.steps]


def test_every_field_is_described() -> None:
    described = json.loads(saved_objects()[0]["attributes"]["fieldAttrs"])

    assert set(described) == set(fields())
    assert max(len(each["customDescription"]) for each in described.values()) <= 300
    assert described["text"]["customDescription"].startswith("The body as plain text")
