from pathlib import Path

import pytest

from denoising.settings import Group
from tasks.cache.code import CodeChangedError, code_of
from tasks.cache.record import Made
from tasks.cache.stage import Stage, Step
from tasks.cache.store import Store
from tasks.run.progress import Run
from tasks.run.work import Work, perform


def test_a_body_runs_on_the_code_that_its_key_speaks_of_and_on_no_other(store: Store, tmp_path: Path) -> None:
    begun: list[Group] = []

    def body(settings: Group, _: Work) -> Made:
        begun.append(settings)
        return Made({}, {"done": True})

    body.__module__ = "tasks.stages.generate"
    step = Step(Stage(body, {}, "results"), "x", "alpha=0.2", Group())
    work = Work(step, store, "artifacts/cells/x", Run(tmp_path / "runs" / "1"))
    with pytest.raises(CodeChangedError, match="this process has other code than the run began with"):
        perform({}, work, "the digest of other code")
    assert begun == []
    assert perform({}, work, code_of(*step.code).digest).values == {"done": True}
    assert begun == [step.settings]
