"""The sample of raw rows beside these tests is answered row by row."""

from nb2pkg.scaffold.model.artifacts import Artifact
from nb2pkg.scaffold.model.predict import predict_file, write_answers
from nb2pkg.scaffold.tests.conftest import DATA

SAMPLE = DATA / "sample.csv"


def test_every_row_of_the_sample_is_answered_or_refused(trained: Artifact) -> None:
    answers = predict_file(trained, SAMPLE)
    assert {row for row, value in enumerate(answers.predictions) if value is None} == answers.refused.keys()
    assert len(answers.refused) < len(answers.predictions)


def test_the_answers_are_written_one_per_line(trained: Artifact) -> None:
    answers = predict_file(trained, SAMPLE)
    header, *lines = write_answers(answers).splitlines()
    assert header.split(",")[0] == "prediction"
    assert len(lines) == len(answers.predictions)
