"""The panels that many boards have, as declarations: what they ask, of whom, and in what range."""

from grafana import case_panels, panels
from grafana.boards import BOARDS
from grafana.case_panels import Cases
from grafana.classic import build
from grafana.headings import NUMBERS, OF_SYSTEMS, SIGNED
from grafana.macros import Range
from grafana.model import Axis, Board, Panel, Row
from grafana.panels import Figure
from grafana.words import WIDTHS
from nhip.boards.ask import own_range

DAY_MS = 86_400_000
AXIS = Axis(("trăm MW", "hundred MW"))
TASKS = Cases(kind="task", many=("nhiệm vụ", "tasks"))
WORDS = ("chữ", "words")


def against(**own: object) -> Panel:
    return panels.against_last_week("k", WORDS, Figure("power-load", "power-load"), AXIS, **own)  # type: ignore[arg-type]


def drawn(panel: Panel) -> dict[str, object]:
    board = Board(uid="x", folder="x", title=WORDS, about=WORDS, rows=(Row(1, (panel,)),))
    return dict(build(board, "vi")["panels"][0])


def test_a_figure_is_of_the_country_where_nothing_else_is_said() -> None:
    assert "c.unit = 'VN'" in Figure("power-load", "power-load").sql
    assert "c.unit = 'H29'" in Figure("traffic-cameras", "vehicles", unit="H29").sql


def test_a_band_is_drawn_only_where_it_is_asked_for() -> None:
    assert against(band=True).band == ("low", "high")
    assert "1.15 * week AS high" in against(band=True).sql
    assert against().band is None
    assert "high" not in against().sql


def test_a_band_has_no_name_in_the_legend() -> None:
    hidden = [
        override["matcher"]["options"]
        for override in drawn(against(band=True))["fieldConfig"]["overrides"]  # type: ignore[index]
        for own in override["properties"]
        if own["id"] == "custom.hideFrom" and own["value"]["legend"]
    ]
    assert hidden == ["low", "high"]


def test_lines_ask_for_no_other_indicator_of_their_connection() -> None:
    told = (("exports", ("xuất khẩu", "exports")), ("imports", ("nhập khẩu", "imports")))
    panel = panels.lines("k", WORDS, WORDS, WORDS, "customs", told, AXIS, every_s=0)
    assert "c.indicator IN ('exports', 'imports')" in panel.sql
    assert [name for _, name in panel.lines] == [name for _, name in told]
    assert "toDateTime(c.at) AS time" in panel.sql


def test_a_panel_of_days_keeps_a_range_of_its_own_that_ends_with_the_boards() -> None:
    panel = case_panels.by_day(TASKS)
    assert drawn(panel)["timeFrom"] == "30d"
    assert own_range(panel, Range(99 * DAY_MS, 100 * DAY_MS)).since_ms == 70 * DAY_MS
    assert own_range(panel, Range(99 * DAY_MS, 100 * DAY_MS)).until_ms == 100 * DAY_MS


def test_a_panel_without_one_has_the_boards() -> None:
    panel = case_panels.by_day(TASKS, since="")
    assert "timeFrom" not in drawn(panel)
    assert own_range(panel, Range(0, DAY_MS)) == Range(0, DAY_MS)


def test_cases_of_a_board_without_units_are_those_of_all() -> None:
    everybody = Cases(kind="opinion", many=WORDS, by_unit=False)
    assert "${unit" not in case_panels.today(everybody).sql
    assert "${unit:sqlstring}" in case_panels.today(TASKS).sql


def test_on_time_of_what_was_received_is_told_only_where_many_come_in() -> None:
    dossiers = Cases(kind="dossier", many=WORDS, of_received=True)
    assert "on_time_received" in case_panels.by_unit(dossiers, "'province'").columns
    assert "on_time_received" not in case_panels.by_unit(TASKS, "'province'").columns
    assert "on_time / nullIf(received, 0)" in case_panels.month(dossiers).sql
    assert "on_time / nullIf(received, 0)" not in case_panels.month(TASKS).sql


def test_headings_that_are_numbers_or_carry_signs_are_headings() -> None:
    assert (NUMBERS | SIGNED) - {"age"} <= OF_SYSTEMS.keys()
    assert all(80 <= width <= 200 for width in WIDTHS.values())


def test_every_heading_of_the_systems_stands_on_a_board() -> None:
    shown = {column for board in BOARDS for panel in board.panels for column in panel.columns}
    assert OF_SYSTEMS.keys() - shown == set()


def test_boards_of_systems_say_which_connections_and_findings_are_theirs() -> None:
    systems = [board for board in BOARDS if board.uid.startswith("nhip-ops-") and board.uid != "nhip-ops-daily"]
    assert len(systems) == 12
    for board in systems:
        keys = {panel.key for panel in board.panels}
        assert "findings" in keys, board.uid
        assert keys & {"connections", "feeds"}, board.uid


def test_bars_are_named_as_their_panel_and_not_by_a_column() -> None:
    panel = Panel(key="k", kind="bars", title=("Đầy đủ", "Complete"), sql="SELECT 'a' AS name, 1 AS x", axis=AXIS)
    (override,) = drawn(panel)["fieldConfig"]["overrides"]  # type: ignore[index]
    assert override["properties"] == [{"id": "displayName", "value": "Đầy đủ"}]
