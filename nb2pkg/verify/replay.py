"""Run the package in a process of its own: the step by step replay, and its command line."""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nb2pkg.verify.conditions import Conditions
from nb2pkg.verify.forks import Forks, end, forks
from nb2pkg.verify.kernel_side import values
from nb2pkg.verify.kernel_side.values import Plain
from nb2pkg.verify.matching import ANSWERS, Matched, frame_events, score_events
from nb2pkg.verify.plan import Plan
from nb2pkg.verify.recording import Recording

SERVED = 50
HELD_OUT = frozenset({"test", "validation"})
VALIDATION = "validation "
TOO_LONG = "the package ran past the time limit"
HERE = Path(__file__).parent
START = (
    "import sys; sys.path.append({here!r}); from kernel_side.{module} import main; sys.path.pop(); main(*sys.argv[1:])"
)


@dataclass(frozen=True, slots=True)
class Failed:
    """The package did not run: ``missing`` is the module it lacks, if that is why."""

    reason: str
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """Where and with what the package runs: its folder, its data, a scratch folder, the conditions, seconds left, variables.

    ``forks`` runs its commands, where there is one; else each is a process of its own.
    """

    package: Path
    name: str
    data: Path
    scratch: Path
    conditions: Conditions
    timeout: float
    variables: Mapping[str, str] = field(default_factory=dict)
    forks: Forks | None = None

    def environment(self) -> dict[str, str]:
        """The scrubbed environment with the package on its path and its data where they are."""
        own = {"PYTHONPATH": str(self.package / "src"), f"{self.name.upper()}_DATA_DIR": str(self.data)}
        return self.conditions.environment(TMPDIR=str(self.scratch), **own, **self.variables)


def question(plan: Plan, matched: Matched, recording: Recording, *, served: int = SERVED) -> dict[str, Any]:
    """What the driver is asked, plain data only; ``served`` is how many held-out rows are drawn where there are more."""
    frames = []
    for frame in plan.frames:
        methods = {event.method for event in frame_events(frame, matched) if event.method in ANSWERS}
        ask = next(iter(methods)) if len(methods) == 1 and frame["argument"] == "X" else None
        frames.append({**frame, "ask": ask})
    scores = []
    for score in plan.scores:
        given = [
            {name: recording.values[key] for name, key in event.arguments.items()}
            for event in distinct(score_events(score, matched))
        ]
        scores.append({**score, "given": given if score["kind"] == "demonstration" else []})
    return {
        "task": "replay",
        "served": served,
        "package": plan.package,
        "seed": plan.seed,
        "split": holds_out(plan),
        "fit": plan.fit_part,
        "model_steps": model_steps(plan, matched, recording),
        "steps": [dict(step) for step in plan.steps],
        "frames": frames,
        "scores": scores,
        "corrections": [dict(correction) for correction in plan.corrections],
        "reported": reported(plan),
        "constants": list(plan.constants),
    }


def distinct(events: list[Any]) -> list[Any]:
    """Events with the same arguments and result count once."""
    return list({(tuple(sorted(event.arguments.items())), event.result): event for event in events}.values())


def model_steps(plan: Plan, matched: Matched, recording: Recording) -> int:
    """How many steps at the end of the package's pipeline are the notebook's model."""
    if plan.model_steps is not None:
        return plan.model_steps
    steps = parameters_of(matched, recording).get("steps") or ()
    return max(1, len(steps))


def parameters_of(matched: Matched, recording: Recording) -> Plain:
    """What the chosen model was made with, as recorded at its fit."""
    key = matched.fit.details.get("parameters")
    return recording.values[str(key)] if key else {}


def holds_out(plan: Plan) -> bool:
    """Does the notebook itself hold rows out?"""
    return plan.split is not None or any(entry.get("part") in HELD_OUT for entry in (*plan.frames, *plan.scores))


def reported(plan: Plan) -> dict[str, dict[str, str]]:
    """The scores that corrections are followed with, as ``evaluate`` calls them: the function, and the part the notebook scored."""
    found: dict[str, dict[str, str]] = {}
    for score in plan.scores:
        part = str(score.get("part") or "")
        if score["kind"] not in ("score", "metric") or score.get("slice") or not score.get("name"):
            continue
        if part in HELD_OUT or not (holds_out(plan) or part.startswith("reader:")):
            name = str(score["name"])
            found.setdefault(
                f"{VALIDATION}{name}" * (part == "validation") or name, {"name": name, "part": part or "all"}
            )
    return found


def ask(side: Side, asked: Mapping[str, Any], *, module: str = "driver") -> Plain | Failed:
    """Put a question to the driver, and give its answer."""
    key = values.store(dict(asked), str(side.scratch))
    answer = side.scratch / f"answer-{module}-{key}"
    done = run_command((module, str(side.scratch / key), str(answer)), side)
    if isinstance(done, Failed):
        return done
    found: Plain = values.load(str(answer))
    return found


@contextmanager
def forking(side: Side) -> Iterator[Side]:
    """The same side with a process that runs its commands, as long as this lasts."""
    command = side.conditions.command("-c", START.format(here=str(HERE), module="forks"), side.name)
    with forks(command, side.scratch, side.environment()) as found:
        yield replace(side, forks=found)


def run_command(command: Sequence[str], side: Side) -> str | Failed:
    """Run ``-m NAME ...`` or a module of ``kernel_side``; gives its standard output."""
    try:
        ended = side.forks.run(command, timeout=max(1, side.timeout)) if side.forks is not None else None
    except TimeoutError:
        assert side.forks is not None
        side.forks.end()
        return Failed(TOO_LONG)
    if ended is not None:
        return _failed(ended.err, side) if ended.code else ended.out
    module, *arguments = command
    plain = command if module == "-m" else ("-c", START.format(here=str(HERE), module=module), *arguments)
    return run(side.conditions.command(*plain), side)


def run(command: list[str], side: Side) -> str | Failed:
    """Run a command beside the package in a process of its own; gives its standard output."""
    process = subprocess.Popen(
        command,
        cwd=side.scratch,
        env=side.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=max(1, side.timeout))
    except subprocess.TimeoutExpired:
        return Failed(TOO_LONG)
    finally:
        end(process)
    if process.returncode:
        return _failed(err, side)
    return out


def _failed(err: str, side: Side) -> Failed:
    said = next(
        (line for line in reversed(err.strip().splitlines()) if line and not line[0].isspace()),
        "it ended without a word",
    )
    module = said.partition("No module named '")[2].partition("'")[0]
    if said.startswith("ModuleNotFoundError") and module and module.partition(".")[0] != side.name:
        return Failed(f"module {module} missing", module)
    return Failed(f"the package failed: {said}")


def evaluated(side: Side) -> dict[str, Any] | Failed:
    """Train and evaluate as a user would; the scores that ``evaluate`` prints."""
    trained = run_command(("-m", side.name, "train"), side)
    if isinstance(trained, Failed):
        return trained
    printed = run_command(("-m", side.name, "evaluate", "--output-format", "json"), side)
    if isinstance(printed, Failed):
        return printed
    try:
        found = json.loads(printed)
    except ValueError:
        return Failed("the package failed: `evaluate --output-format json` printed no JSON")
    scores = found.get("scores", found) if isinstance(found, dict) else None
    if not isinstance(scores, dict):
        return Failed("the package failed: `evaluate` printed no scores")
    tuning = found.get("validation") or {}
    return scores | {f"{VALIDATION}{name}": value for name, value in tuning.get("scores", {}).items()}
