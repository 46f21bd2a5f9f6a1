"""The queue of alerts: bounded, each failure once, and closed for good."""

from __future__ import annotations

import threading
from dataclasses import replace

from buildtool.core.handler.alerts import Alert
from buildtool.usecases.handler.intake import Admission, Intake

ALERT = Alert("Kustomization", "ns:web", "error", "HealthCheckFailed", "", "main", "a" * 40, 100)


def alert(number: int) -> Alert:
    return replace(ALERT, commit=f"{number:040x}")


def test_a_failure_stands_once_while_it_waits_and_while_it_is_handled() -> None:
    intake = Intake()
    assert intake.submit(ALERT) is Admission.QUEUED
    assert intake.submit(replace(ALERT, message="after 2s")) is Admission.DUPLICATE
    assert intake.take() == ALERT
    assert intake.submit(ALERT) is Admission.DUPLICATE
    intake.done()
    assert intake.submit(ALERT) is Admission.QUEUED


def test_in_the_order_in_which_they_came_and_no_more_than_so_many() -> None:
    intake = Intake(most=3)
    assert [intake.submit(alert(n)) for n in range(4)] == [Admission.QUEUED] * 3 + [Admission.FULL]
    assert intake.waiting == 3
    assert [intake.take(), intake.take()] == [alert(0), alert(1)]


def test_an_alert_goes_before_a_look() -> None:
    intake = Intake()
    intake.ask_for_look()
    intake.submit(ALERT)
    assert intake.take() == ALERT
    assert intake.take() is None
    assert not intake.closed


def test_closing_wakes_who_waits_and_gives_back_what_is_left() -> None:
    intake, got = Intake(), []
    thread = threading.Thread(target=lambda: got.append(intake.take()))
    thread.start()
    assert list(intake.close()) == []
    thread.join(10)
    assert got == [None]
    assert intake.submit(ALERT) is Admission.CLOSED

    other = Intake()
    other.submit(ALERT)
    assert list(other.close()) == [ALERT]
    assert other.take() is None


def test_the_newest_recovery_of_a_commit_is_remembered_and_not_too_many() -> None:
    intake = Intake()
    intake.note_recovery(replace(ALERT, time=50))
    intake.note_recovery(replace(ALERT, time=40))
    assert intake.recovered(ALERT) == 50
    assert intake.recovered(alert(1)) is None
    for number in range(300):
        intake.note_recovery(alert(number))
    assert intake.recovered(ALERT) is None
    assert intake.recovered(alert(299)) == 100


def test_a_thousand_threads_and_one_failure() -> None:
    intake = Intake()
    answers: list[Admission] = []
    threads = [threading.Thread(target=lambda: answers.append(intake.submit(ALERT))) for _ in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(Admission.QUEUED) == 1
    assert answers.count(Admission.DUPLICATE) == 199
