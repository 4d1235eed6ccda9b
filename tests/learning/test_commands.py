"""`sayso train`, `models` and `correct`, as a newcomer uses them."""

import csv
import json
import subprocess
import sys
from pathlib import Path

from tests.crawling import run_sayso
from tests.learning.inventing import texts


def test_the_commands_do_what_a_newcomer_would(tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "sentiment", "language", "kind"])
        writer.writerows([text, label, "sv", "review"] for text, label in texts(300))
    mentions = tmp_path / "one.ndjson"
    mention = {"source": "s", "source_id": "1", "text": "bullen var degigt och beskt, notan snålt",
               "kind": "review", "declared_language": "sv"}  # fmt: skip
    mentions.write_text(json.dumps(mention) + "\n", "utf-8")
    assert 0 == run_sayso("import", str(mentions), cwd=tmp_path).returncode

    trained = run_sayso("train", "--csv", str(table), cwd=tmp_path)
    listed = run_sayso("models", "--json", cwd=tmp_path)
    retagged = run_sayso("retag", cwd=tmp_path)
    shown = run_sayso("search", "sentiment:negative", "--json", cwd=tmp_path)
    name = json.loads(shown.stdout.splitlines()[0])["id"]
    corrected = run_sayso("correct", name[:6], "--sentiment", "positive", cwd=tmp_path)
    wrong = run_sayso("correct", name[:6], "--sentiment", "glad", cwd=tmp_path)
    nothing = run_sayso("correct", name[:6], cwd=tmp_path)
    shipped = run_sayso("models", "use", "sv-review/shipped", cwd=tmp_path)
    absent = run_sayso("models", "use", "sv-review/7", cwd=tmp_path)

    assert "sv-review/1: used from now on" in trained.stdout
    used = [row["name"] for row in map(json.loads, listed.stdout.splitlines()) if row["used"]]
    assert ["en-review/shipped", "nb-review/shipped", "sv-review/1"] == used
    assert "1 changed" in retagged.stdout
    assert "positive, as you say" in corrected.stdout
    assert "allowed: positive, neutral, negative" in wrong.stderr
    assert "--sentiment, --intent, or --withdraw" in nothing.stderr
    assert 0 == shipped.returncode
    assert "there is no model sv-review/7; its versions: 1" in absent.stderr
    assert (1, 1, 1) == (wrong.returncode, nothing.returncode, absent.returncode)


def test_without_the_extra_training_says_how_to_get_it(tmp_path: Path) -> None:
    hidden = (
        "import sys; sys.modules['sklearn'] = None; from crawlers.cli import main; main(['train'])"
    )

    done = subprocess.run(
        [sys.executable, "-c", hidden], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert 1 == done.returncode
    assert "pip install 'sayso[train]'" in done.stderr


def test_nothing_to_learn_from_is_said(tmp_path: Path) -> None:
    mentions = tmp_path / "one.ndjson"
    mentions.write_text('{"source": "s", "source_id": "1", "text": "hej"}\n', "utf-8")
    run_sayso("import", str(mentions), cwd=tmp_path)

    done = run_sayso("train", cwd=tmp_path)

    assert 3 == done.returncode
    assert "nothing to learn from" in done.stdout


def test_a_table_that_is_not_there_is_said_and_leaves_no_store(tmp_path: Path) -> None:
    done = run_sayso("train", "--csv", "none.csv", cwd=tmp_path)

    assert (1, "none.csv: No such file or directory") == (done.returncode, done.stderr.strip())
    assert [] == list(tmp_path.iterdir())
