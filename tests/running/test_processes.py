"""A process is told from a later one with the same id, and one elsewhere is never called dead."""

import subprocess
import sys

from crawlers.running.processes import is_gone, is_here, process_id, this_process


def test_this_process_is_alive() -> None:
    me = this_process()
    host, pid, _ = me.split("/")

    assert (int(pid), True, False) == (process_id(me), is_here(me), is_gone(me))
    assert host


def test_an_ended_process_is_gone() -> None:
    name = subprocess.run(
        [sys.executable, "-c", "from crawlers.running.processes import *; print(this_process())"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()

    assert is_gone(name)
    assert process_id(name) is None


def test_a_process_that_nobody_has_waited_for_is_gone() -> None:
    script = "from crawlers.running.processes import *; print(this_process(), flush=True)"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
    ) as ended:
        assert ended.stdout is not None
        name = ended.stdout.readline().strip()
        ended.stdout.read()  # until it closes its end
        while not is_gone(name):
            pass

        assert ended.returncode is None


def test_another_process_with_the_same_id_is_not_it() -> None:
    host, pid, started = this_process().split("/")

    assert is_gone(f"{host}/{pid}/{int(started) - 1}")


def test_nothing_is_known_of_a_process_elsewhere() -> None:
    assert not is_gone("elsewhere/1/2")
    assert not is_here("elsewhere/1/2")
    assert not is_gone(None)
