"""Work in a thread of its own: what it gives, what it raises, and that it ends with its context."""

import threading
import time

import pytest

from sim.ensemble.beside import Beside


def test_it_goes_on_while_this_does_and_gives_what_it_found() -> None:
    go = threading.Event()
    with Beside(lambda: go.wait(60.0), name="waits") as work:
        assert not work.ended
        go.set()
        assert work.result() is True
    assert work.ended


def test_its_error_comes_where_the_result_is_asked_for() -> None:
    with Beside(lambda: 1 / 0, name="fails") as work:
        work.wait()
        with pytest.raises(ZeroDivisionError):
            work.result()


def test_an_error_here_waits_for_it() -> None:
    done: list[int] = []

    def slow() -> None:
        time.sleep(0.1)
        done.append(1)

    with pytest.raises(KeyError), Beside(slow, name="slow"):
        raise KeyError
    assert done == [1]
