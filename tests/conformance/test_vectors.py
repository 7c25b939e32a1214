"""The vectors: as generated, as their schema says, and each with outcomes that can be told apart."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from waitgroup_proofs.claims import conformance as claims
from waitgroup_proofs.conformance import vectors
from waitgroup_proofs.conformance.families import FAMILIES
from waitgroup_proofs.conformance.findings import TITLES
from waitgroup_proofs.conformance.flags import FLAGS

FOLDER = Path(__file__).parents[1] / "vectors"
SCHEMA: dict[str, Any] = json.loads((FOLDER / vectors.SCHEMA_NAME).read_text(encoding="utf-8"))
FILES = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json") if "." not in path.stem
}


def test_they_are_the_same_bytes_again() -> None:
    assert [] == vectors.differing(FOLDER)
    assert FAMILIES.keys() == FILES.keys()


def test_there_are_so_many() -> None:
    expected = {"counter": 27, "wait": 41, "reuse": 33, "misuse": 32, "timeout": 26, "bounds": 22, "go": 13}
    assert expected == {family: content["numberOfTests"] for family, content in FILES.items()}
    assert 194 == sum(len(content["tests"]) for content in FILES.values())


@pytest.mark.parametrize("family", FAMILIES)
def test_each_file_is_as_its_schema_says(family: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(FILES[family], SCHEMA)
    assert vectors.SCHEMA_NAME == FILES[family]["schema"]


#: Something that is wrong with a file, and where.
WRONG: dict[str, Any] = {
    "a key too many": lambda content: content["tests"][0].update(extra=1),
    "a key too few": lambda content: content["tests"][0].pop("units"),
    "a number that is none": lambda content: content["tests"][0].update(units="1"),
    "a result of another name": lambda content: content["tests"][0].update(result="fine"),
    "a call of another name": lambda content: content["tests"][0]["threads"][0]["calls"].append({"call": "reset"}),
    "an add without a delta": lambda content: content["tests"][0]["threads"][0]["calls"].append({"call": "add"}),
    "an outcome of nobody": lambda content: content["tests"][0]["turns"][0][0].update(by=[]),
    "a word of another length": lambda content: content["tests"][0]["turns"][0][0].update(word="0x0"),
    "no tests": lambda content: content["tests"].clear(),
}


@pytest.mark.parametrize("what", WRONG)
def test_the_schema_refuses_what_is_otherwise(what: str) -> None:
    content = json.loads(json.dumps(FILES["wait"]))
    WRONG[what](content)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, SCHEMA)


@pytest.mark.parametrize("family", FAMILIES)
def test_each_test_has_a_name_of_its_own_and_its_flags_are_explained(family: str) -> None:
    tests = FILES[family]["tests"]
    assert [1] * len(tests) == list(Counter(test["id"] for test in tests).values())
    assert FILES[family]["notes"].keys() == {flag for test in tests for flag in test["flags"]} <= FLAGS.keys()
    assert FILES[family]["findings"].keys() == {test["finding"] for test in tests if "finding" in test} <= TITLES.keys()


@pytest.mark.parametrize("family", FAMILIES)
def test_go_does_otherwise_than_the_contract_exactly_where_a_test_says_so(family: str) -> None:
    for test in FILES[family]["tests"]:
        otherwise = any(["go"] == outcome["by"] for turn in test["turns"] for outcome in turn)
        assert otherwise == (test["result"] == "acceptable" or "finding" in test), test["id"]


@pytest.mark.parametrize("family", FAMILIES)
def test_an_outcome_names_each_thread_that_has_started_and_never_more_calls_than_it_has(family: str) -> None:
    for test in FILES[family]["tests"]:
        calls = {thread["name"]: len(thread["calls"]) for thread in test["threads"]}
        for outcome in (outcome for turn in test["turns"] for outcome in turn):
            assert outcome["results"].keys() <= calls.keys()
            assert all(len(words) <= calls[name] for name, words in outcome["results"].items())


def test_a_file_that_is_changed_missing_or_one_too_many_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "tests" / "vectors"
    folder.mkdir(parents=True)
    generated = vectors.files()
    monkeypatch.setattr(vectors, "files", lambda: generated)
    for name, text in generated.items():
        (folder / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(claims, "ROOT", tmp_path)
    assert "holds" == claims.same_vectors(lambda _words: None).verdict
    (folder / "wait.json").write_text(generated["wait.json"].replace("blocked", "returned", 1), encoding="utf-8")
    (folder / "go.json").unlink()
    (folder / "more.json").write_text("{}", encoding="utf-8")
    found = claims.same_vectors(lambda _words: None)
    assert ("violated", "make vectors: go.json, more.json, wait.json") == (found.verdict, found.detail)
    (tmp_path / "tests").rename(tmp_path / "elsewhere")
    assert "inconclusive" == claims.same_vectors(lambda _words: None).verdict
