"""What expressions of column formatting come to: by the published examples, and where they cannot be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.emulator.pages.formatting.expressions import FormatError, read
from connectors.emulator.pages.formatting.interpreter import Scope, shown
from connectors.emulator.pages.formatting.values import Place, Record, Value
from connectors.emulator.state.locales import LOCALES

LONDON = ZoneInfo("Europe/London")
ANN = Record("Ann Lee", {"title": "Ann Lee", "email": "ann@example.org"})
BEN = Record("Ben Ng", {"title": "Ben Ng", "email": "ben@example.org"})
VALUES: dict[str, Value] = {
    "Due": datetime(2026, 6, 16, 23, tzinfo=UTC),  # 17 June as the site's day
    "Past": datetime(2026, 6, 15, 23, tzinfo=UTC),
    "Blank": "",
    "Amount": 40.0,
    "Status": "Done",
    "Flag": True,
    "Lead": ANN,
    "Team": (ANN, BEN),
    "Nobody": (),
    "Themes": ("Roads", "Homes"),
    "Paper": Record("https://example.org/a", {"desc": "The paper"}),
    "Project": Record("Digital", {"lookupId": "7", "lookupValue": "Digital"}),
    "Decided": Record("Pending", {"displayValue": "Pending", "numeric": 2.0}, 2.0),
}


@dataclass
class Row:
    values: Mapping[str, Value] = field(default_factory=lambda: VALUES)

    def value(self, name: str) -> Value:
        return self.values.get(name, "")

    def shown(self, name: str) -> str:
        return f"<{name} as the list shows it>"

    def title(self, name: str) -> str:
        return f"{name} column"


def scope(column: str = "Status", zone: ZoneInfo = LONDON, locale: int = 2057) -> Scope:
    now = datetime(2026, 6, 17, 9, 30, tzinfo=UTC)
    return Scope(Row(), Place(zone, LOCALES[locale]), column, now, "ann@example.org", 3, "http://127.0.0.1/sites/pmo")


def comes_to(given: Any, **where: Any) -> str:
    return shown(read(given), scope(**where))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        # The published examples, one for each function.
        ("=if(4 < 5, 'yes', 'no')", "yes"),
        ("=if(4 > 5, 'yes', 'no')", "no"),
        ("=toString(45)", "45"),
        ("=Number('365')", "365"),
        ("=Number('Wowee')", "NaN"),
        ("=Date('12/26/1981')", "26/12/1981, 00:00:00"),
        ("=cos(5)", "0.28366218546322625"),
        ("=sin(90)", "0.8939966636005579"),
        ("=toLowerCase('DogFood')", "dogfood"),
        ("=toUpperCase('DogFood')", "DOGFOOD"),
        ("=abs(-45)", "45"),
        ("=length('Some Text')", "1"),
        ("=length('')", "0"),
        ("=length(45)", "1"),
        ("=length(0)", "0"),
        ("=length([$Themes])", "2"),
        ("=length([$Nobody])", "0"),
        ("=floor(45.5)", "45"),
        ("=ceiling(45.5)", "46"),
        ("=floor(-45.5)", "-46"),
        ("=getDate(Date('12/26/1981'))", "26"),
        ("=getMonth(Date('12/26/1981'))", "11"),
        ("=getYear(Date('12/26/1981'))", "1981"),
        ("=indexOf('DogFood', 'Dog')", "0"),
        ("=indexOf('DogFood', 'F')", "3"),
        ("=indexOf('DogFood', 'f')", "-1"),
        ("=indexOf('Library' + '^', '^')", "7"),
        ("=indexOf([$Themes], 'Homes')", "1"),
        ("=lastIndexOf('DogFood DogFood', 'Dog')", "8"),
        ("=lastIndexOf([$Themes], 'Parks')", "-1"),
        ("=join([$Themes], ', ')", "Roads, Homes"),
        ("=join([$Team.title], '|')", "Ann Lee|Ben Ng"),
        ("=join([$Nobody], ', ')", ""),
        ("=pow(2,3)", "8"),
        ("=startsWith('DogFood', 'Dog')", "true"),
        ("=startsWith('DogFood', 'Food')", "false"),
        ("=endsWith('DogFood', 'Food')", "true"),
        ("=appendTo([$Themes], 'Parks')", "Roads,Homes,Parks"),
        ("=removeFrom([$Themes], 'Roads')", "Homes"),
        ("=join(split('Hello World', ' '), '-')", "Hello-World"),
        ("=join(split('abc', ''), '-')", "a-b-c"),
        ("=addDays(Date('11/14/2021'), 3)", "17/11/2021, 00:00:00"),
        ("=addDays(Date('11/14/2021'), -1)", "13/11/2021, 00:00:00"),
        ("=addMinutes(Date('11/14/2021'), 3)", "14/11/2021, 00:03:00"),
        ("=addMinutes(Date('11/14/2021'), -1)", "13/11/2021, 23:59:00"),
        ("=substring('DogFood', 3, 4)", "F"),
        ("=substring('DogFood', 4, 3)", "F"),
        ("=substring('DogFood', 3, 99)", "Food"),
        ("=replace('Hello world', 'world', 'everyone')", "Hello everyone"),
        ("=replace('a-a', 'a', 'b')", "b-a"),
        ("=replace([$Themes], 'Roads', 'Streets')", "Streets,Homes"),
        ("=replaceAll('H-e-l-l-o W-o-r-l-d', '-', '')", "Hello World"),
        ("=padStart('DogFood', 10, 'AB')", "ABADogFood"),
        ("=padStart('DogFood', 5, 'A')", "DogFood"),
        ("=padEnd('DogFood', 10, 'AB')", "DogFoodABA"),
        ("=toDateString(@now)", "Wed Jun 17 2026"),
        ("=toLocaleString(@now)", "17/06/2026, 10:30:00"),
        ("=toLocaleDateString(@now)", "17/06/2026"),
        ("=toLocaleTimeString(@now)", "10:30:00"),
        ("=toLocaleDateString([$Blank])", ""),
        ("=getUserImage(@me, 'small')", ""),
        # Operators, and which of them is first.
        ("=1 + 2 * 3", "7"),
        ("=(1 + 2) * 3", "9"),
        ("=7 - 2 - 1", "4"),
        ("=2 * -7", "-14"),
        ("=7 % 4", "3"),
        ("=-7 % 4", "-3"),
        ("=1 / 0", "Infinity"),
        ("=0 / 0", "NaN"),
        ("=0.1 + 0.2", "0.30000000000000004"),
        ("=1 / 3", "0.3333333333333333"),
        ("=1 < 2 && 2 < 1 || 3 > 2", "true"),
        ("=1 == 1 && 2 != 3", "true"),
        ("=2 >= 2 && 2 <= 1", "false"),
        ("='a' + 1 + 2", "a12"),
        ("=1 + 2 + 'a'", "3a"),
        ("=if(false || 'x', 'some', 'none')", "some"),
        ("=true", "true"),
        # The row, the page, and what is neither.
        ("@currentField", "Done"),
        ("[$Amount]", "40"),
        ("=[$Amount] * 2.5 + '%'", "100%"),
        ("=[$Amount] > '39'", "true"),
        ("=[$Amount] == '40'", "true"),
        ("=if(@currentField == 'done', 1, 2)", "2"),
        ("=if([$Flag] == true, 'on', 'off')", "on"),
        ("=if([$Flag], 'on', 'off')", "on"),
        ("[$Lead.title]", "Ann Lee"),
        ("[$Lead]", "Ann Lee"),
        ("=if([$Lead.email] == @me, 'mine', 'theirs')", "mine"),
        ("[$Lead.shoeSize]", ""),
        ("[$Paper]", "https://example.org/a"),
        ("[$Paper.desc]", "The paper"),
        ("[$Project.lookupValue]", "Digital"),
        ("=[$Project.lookupId] + 1", "71"),
        ("=if([$Project] == 'Digital', 'y', 'n')", "y"),
        ("=if([$Decided] == 2, 'y', 'n')", "y"),
        ("=if([$Decided] == 'Pending', 'y', 'n')", "y"),
        ("=Number([$Decided])", "2"),
        ("=[$NotInTheView] == ''", "true"),
        ("[!Due.DisplayName]", "Due column"),
        ("[$Due.displayValue]", "<Due as the list shows it>"),
        ("=@rowIndex % 2 == 0", "false"),
        ("[$Nobody]", ""),
        ("=[$Nobody] == 0", "false"),
        ("=if([$Decided] && [$Lead], 'y', 'n')", "y"),
        ("=Number([$Themes])", "NaN"),
        ("=Number(split('7', ','))", "7"),
        ("='a' < 'b'", "true"),
        ("='a' < 1", "false"),
        ("=1 / 0 <= 2 / 0", "true"),
        ("=1 / 0 < -1 / 0", "false"),
        ("=getDate([$Themes])", "NaN"),
        ("@me", "ann@example.org"),
        ("@currentWeb", "http://127.0.0.1/sites/pmo"),
        ("@isSelected", "false"),
        ("@lcid", "2057"),
        ("@window.innerWidth", "1024"),
        ("@example.org", "@example.org"),
        ("Status: [$Status]", "Status: [$Status]"),
        ("plain", "plain"),
        ("", ""),
        (7, "7"),
        (2.5, "2.5"),
        (True, "true"),
    ],
)
def test_an_expression_comes_to(given: Any, expected: str) -> None:
    assert comes_to(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("[$Due]", "<Due as the list shows it>"),
        ("=if([$Due] <= @now, 'reached', 'ahead')", "reached"),
        ("=if(addDays([$Due], 1) <= @now, 'passed', 'not passed')", "not passed"),
        ("=if(addDays([$Past], 1) <= @now, 'passed', 'not passed')", "passed"),
        ("=if([$Due] <= @now + 86400000, 'soon', '')", "soon"),
        ("=if([$Past] < [$Due], 'before', 'after')", "before"),
        ("=if([$Due] == [$Due], 'same', 'other')", "same"),
        ("=floor((Number(@now) - Number([$Past])) / 86400000)", "1"),
        # An instant less an instant is an instant yet, as there: Number makes a span of it.
        ("=floor(Number([$Due] - [$Past]) / 86400000)", "1"),
        ("=[$Due] - [$Past]", "02/01/1970, 01:00:00"),
        ("=Number([$Blank]) == 0", "true"),
        # The trap of the published sample: what is blank is before every date.
        ("=if([$Blank] <= @now, 'red', '')", "red"),
        ("=if(addDays([$Blank], 1) <= @now, 'red', 'none')", "none"),
        ("=getDate([$Due])", "17"),
        ("=getDate([$Blank])", "NaN"),
        ("=Number(Date('2026-06-17'))", "1781654400000"),
        ("=Number(Date('2026-06-17T10:30:00')) == Number(@now)", "true"),
        ("=Date('26/12/1981')", "NaN"),
        ("=Date('2026-02-31')", "NaN"),
        ("=Date('6/17/2026 2:05 PM')", "17/06/2026, 14:05:00"),
        ("=Date(toDateString(@now)) == [$Due]", "true"),
        ("=Date('Wed Xyz 03 2022')", "NaN"),
        ("=Date(0)", "01/01/1970, 01:00:00"),
        ("=toLocaleDateString('no day')", "Invalid Date"),
        ("='on ' + [$Due]", "on 17/06/2026, 00:00:00"),
        # The day the clocks go forward has 23 hours; a day later it is midnight all the same.
        ("=addDays(Date('3/29/2026'), 1)", "30/03/2026, 00:00:00"),
        ("=Date('3/29/2026') + 86400000", "30/03/2026, 01:00:00"),
        ("=addDays(@now, 99999999)", "NaN"),
        ("=Date('12/31/9999 11:59 PM') + 999999999999", "NaN"),
        ("=Date('1/1/0001')", "01/01/0001, 00:00:00"),
    ],
)
def test_dates_are_instants_by_the_clock_of_the_site(given: str, expected: str) -> None:
    assert comes_to(given) == expected


def test_a_day_is_another_where_the_browser_is_elsewhere_and_is_written_as_there() -> None:
    elsewhere = {"zone": ZoneInfo("America/Los_Angeles"), "locale": 1033}
    assert comes_to("=toLocaleString([$Due])", **elsewhere) == "6/16/2026, 4:00:00 PM"
    assert comes_to("=getDate([$Due])", **elsewhere) == "16"


def op(name: str, *operands: Any) -> dict[str, Any]:
    return {"operator": name, "operands": list(operands)}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (op("?", op("<", "[$Amount]", 40), "#ff0000", "#00ff00"), "#00ff00"),
        (op(":", op("==", "@currentField", "Done"), "good", ""), "good"),
        (op("+", op("toString()", op("*", "[$Amount]", 2.5)), "%"), "100%"),
        (op("<=", "[$Due]", op("+", "@now", 86400000)), "true"),
        (op("<=", "[$Due]", op("Date()", "3/22/2017")), "false"),
        (op("&&", True, "x", 0), "false"),
        (op("||", False, "", 1), "true"),
        (op("+", "a", "b", "c"), "abc"),
        (op("toLocaleDateString()", "[$Due]"), "17/06/2026"),
        (op("==", "@me", "[$Lead.email]"), "true"),
        (op("+", "It's ", "[$Status]"), "It's Done"),
    ],
)
def test_an_operator_object_comes_to_the_same(given: Any, expected: str) -> None:
    assert comes_to(given) == expected


@pytest.mark.parametrize(
    "given",
    [
        "=",
        "=1 +",
        "=(1",
        "=1)",
        "=if(1, 2)",
        "=if(1, 2, 3, 4)",
        "=LEFT('a', 1)",
        "=sqrt(4)",
        "=round(4.5)",
        "=indexOf('a')",
        "=abs()",
        "=Done",
        "=if",
        "='open",
        "='It\\'s'",
        '="double"',
        "=1 ? 2 : 3",
        "=!true",
        "=1 = 1",
        "=@nothing",
        "=@group.count",
        "=[Status]",
        "=1 2",
        "=#",
        "=" + "(" * 200 + "1" + ")" * 200,
        "=" + "+".join(["1"] * 500),
        "=" + "1" * 30_000,
        None,
        [],
        {"operator": "+"},
        {"operator": "+", "operands": 3},
        {"operator": 1, "operands": []},
        {"operator": "constructor", "operands": [1]},
        {"operator": "-", "operands": [1, 2, 3]},
        {"operands": [1]},
    ],
)
def test_what_is_no_expression_is_refused(given: Any) -> None:
    with pytest.raises(FormatError) as refused:
        read(given)
    assert str(refused.value)[-1] in ".”"


@pytest.mark.parametrize(
    "given",
    [
        "=padStart('', 99999, 'x') + padStart('', 99999, 'x')",
        "=replaceAll(padStart('', 20000, 'a'), 'a', 'aa')",
        "=length(split(padStart('', 20000, 'a'), ''))",
    ],
)
def test_what_comes_to_more_than_a_cell_can_show_is_refused(given: str) -> None:
    with pytest.raises(FormatError):
        comes_to(given)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("=pow(10, 400)", "Infinity"),
        ("=pow(0, -1)", "Infinity"),
        ("=pow(-8, 0.5)", "NaN"),
        ("=abs('x')", "NaN"),
        ("=floor(1 / 0)", "Infinity"),
        ("=-1 / 0", "-Infinity"),
        ("=pow(10, 21)", "1e+21"),
        ("=pow(10, -7)", "1e-7"),
        ("=0.000012", "0.000012"),
        ("=@now + pow(10, 300)", "NaN"),
    ],
)
def test_no_number_is_too_large_or_too_small_to_be_written(given: str, expected: str) -> None:
    assert comes_to(given) == expected
