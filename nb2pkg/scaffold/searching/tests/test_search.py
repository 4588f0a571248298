"""The search: what it finds is kept, and training with it gives what the search itself would answer with."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from sklearn.base import clone

from nb2pkg.scaffold.cli import main
from nb2pkg.scaffold.config import Config
from nb2pkg.scaffold.data.ingestion import read_raw
from nb2pkg.scaffold.data.preprocessing import target_of
from nb2pkg.scaffold.model.labels import encoded
from nb2pkg.scaffold.model.train import fit, fitted_encoder, split
from nb2pkg.scaffold.searching.best_parameters import KEPT, SearchError, described, kept, name_of
from nb2pkg.scaffold.searching.pipeline import build_pipeline, build_search


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory, config: Config, data_options: list[str]) -> Config:
    """Give a configuration whose search was run on the rows kept for the tests."""
    folder = tmp_path_factory.mktemp("searched")
    assert main(["search", *data_options, "--artifacts-dir", str(folder)]) == 0
    return replace(config, artifacts_dir=folder)


def rewritten(config: Config, folder: Path, **changes: object) -> Config:
    """Give a configuration whose kept parameters were changed by hand."""
    entries = json.loads((config.artifacts_dir / KEPT).read_text(encoding="utf-8"))
    entries[name_of(config)] |= changes
    (folder / KEPT).write_text(json.dumps(entries), encoding="utf-8")
    return replace(config, artifacts_dir=folder)


def test_training_with_what_was_kept_answers_as_the_search_itself(searched: Config) -> None:
    raw = read_raw(searched)
    parts = split(raw, searched)
    rows, held_out = parts["train"], parts["test"]
    whole = build_search(searched)
    if not whole[-1].refit:
        whole[-1].set_params(refit=True)
    whole.fit(rows, encoded(target_of(rows, searched), fitted_encoder(raw, searched)))
    best, trained = kept(searched), fit(searched).pipeline
    assert best is not None
    assert best.entry["parameters"] == described(whole[-1].best_params_)
    assert type(trained[-1]) is type(whole[-1].estimator)
    pd.testing.assert_frame_equal(pd.DataFrame(trained.predict(held_out)), pd.DataFrame(whole.predict(held_out)))


def test_the_model_is_built_with_the_parameters_that_were_kept(searched: Config) -> None:
    best, model = kept(searched), clone(build_pipeline(searched))[-1]
    assert best is not None
    parameters = best.entry["parameters"]
    assert isinstance(parameters, dict)
    assert {name: described(model.get_params()[name]) for name in parameters} == parameters


def test_parameters_of_another_search_are_refused(searched: Config, data_options: list[str], tmp_path: Path) -> None:
    other = rewritten(searched, tmp_path, search_sha256="that of another grid")
    with pytest.raises(SearchError, match="of a search with other candidates or settings"):
        build_pipeline(other)
    assert main(["train", *data_options, "--artifacts-dir", str(tmp_path)]) == 2


def test_a_file_that_no_search_wrote_is_refused(config: Config, tmp_path: Path) -> None:
    (tmp_path / KEPT).write_text("[1, 2]", encoding="utf-8")
    with pytest.raises(SearchError, match="not what a search wrote"):
        build_pipeline(replace(config, artifacts_dir=tmp_path))


def test_the_search_says_what_it_found(searched: Config, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["search", "--help"])
    assert stopped.value.code == 0
    assert "--artifacts-dir" in capsys.readouterr().out
    best = kept(searched)
    assert best is not None
    assert best.path == searched.artifacts_dir / KEPT
