"""The action: its shell line, and the whole of it under act, on a checkout with Python settings of its own."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import pytest

from buildtool.adapters import process
from buildtool.cli.push import push as push_command
from buildtool.cli.step_summary import outputs
from buildtool.errors.catalogue import pages
from tests.support.act import COMMIT, PYTHON_OF_ITS_OWN, Act
from tests.support.buildtool import buildtool
from tests.support.gitrepos import commit
from tests.support.registry_view import tags
from tests.support.shop import Shop
from tests.support.workflows import EDITABLE, load, steps, uv_arguments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.parts import Registries

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "action.md").read_text(encoding="utf-8")
UV_RUN = [
    *["run", "--isolated", "--no-config", "--no-project", "--no-env-file", "--no-progress", "--python", ">=3.11"],
    EDITABLE,
]
ACTION = ROOT / "action.yml"


@pytest.mark.parametrize(("wait", "told"), [("", "none"), ("10m", "t0k3n")])
def test_the_action_gives_the_token_to_a_push_that_waits(tmp_path: Path, wait: str, told: str) -> None:
    (push,) = [step for step in steps(ACTION) if step.get("id") == "push"]
    given = dict.fromkeys(push["env"], "") | {"WAIT": wait, "GIT_TOKEN": "t0k3n"}
    line = push["run"].replace("uv run", 'echo "${BUILDTOOL_GIT_TOKEN:-none}"; uv run')
    assert uv_arguments(tmp_path, line, {**given, "GITHUB_ACTION_PATH": "/action"})[0] == told


def test_the_action_passes_inputs_by_environment_only() -> None:
    document = load(ACTION)
    (push,) = [step for step in steps(ACTION) if step.get("id") == "push"]
    names = {re.sub(r"[^A-Z]", "_", name.upper()): f"${{{{ inputs.{name} }}}}" for name in document["inputs"]}
    assert push["env"] == names
    given = {name: f"${{{{ steps.push.outputs.{name} }}}}" for name in outputs({"images": [], "tag": "t"})}
    assert {name: output["value"] for name, output in document["outputs"].items()} == given


def test_the_action_has_every_option_that_a_fix_may_name() -> None:
    """A runner's step has no command line of its own: what a page says to add has to be an input."""
    parameters = [parameter for parameter in push_command.params if isinstance(parameter, click.Option)]
    options = {option for parameter in parameters for option in parameter.opts}
    in_fixes = {word for page in pages() for word in re.findall(r"--[a-z-]+", page.fix)} & options
    assert "--allow-outside" in in_fixes
    assert in_fixes <= {f"--{name}" for name in load(ACTION)["inputs"]}


PUSH = ["push", "--json", "--metadata-file", "/temp/buildtool-push.json"]
FLAGS = ["dry-run", "force", "no-deploy", "allow-dirty", "allow-older", "allow-rolled-back", "create-project"]
ALL = dict.fromkeys([re.sub("-", "_", name.upper()) for name in [*FLAGS, "allow-outside"]], "true")


def defaults(push: dict[str, Any]) -> dict[str, str]:
    names = {name: value.split("inputs.")[1].rstrip(" }") for name, value in push["env"].items()}
    return {name: load(ACTION)["inputs"][key]["default"] for name, key in names.items()}


@pytest.mark.parametrize(
    ("given", "arguments"),
    [
        ({}, [*PUSH, "--"]),
        ({"IMAGES": "frontend backend"}, [*PUSH, "--", "frontend", "backend"]),
        ({"IMAGES": "frontend\n  backend\n"}, [*PUSH, "--", "frontend", "backend"]),
        ({"IMAGES": "$(reboot) *"}, [*PUSH, "--", "$(reboot)", "*"]),
        ({"FORCE": "True", "DRY_RUN": "TRUE", "NO_DEPLOY": "False"}, [*PUSH, "--dry-run", "--force", "--"]),
        ({"WAIT": "10m"}, [*PUSH, "--wait=10m", "--"]),
        ({"CONFIG": "a b.toml"}, ["--config=a b.toml", *PUSH, "--"]),
        (
            {**ALL, "BRANCH": "$(reboot) x"},
            [*PUSH, *(f"--{name}" for name in FLAGS), "--branch=$(reboot) x", "--allow-outside", "--"],
        ),
        ({**ALL, "BUILD_ONLY": "true", "WAIT": "1m"}, ["build", "--json", "--allow-outside", "--"]),
        ({"BUILD_ONLY": "true", "IMAGES": "web\napi"}, ["build", "--json", "--", "web", "api"]),
    ],
)
def test_the_actions_shell_line_runs_buildtool_with_these_arguments(
    tmp_path: Path, given: dict[str, str], arguments: list[str]
) -> None:
    """The line itself, in the shell the runner starts, with a program in uv's place that prints its arguments."""
    (push,) = [step for step in steps(ACTION) if step.get("id") == "push"]
    printed = uv_arguments(tmp_path, push["run"], {"GITHUB_ACTION_PATH": "/action", **defaults(push), **given})
    action = "/action[cluster]" if "WAIT" in given and "BUILD_ONLY" not in given else "/action"
    assert printed == [*UV_RUN, action, "buildtool", "-C", ".", *arguments]


@pytest.mark.parametrize("value", ["yes", "1", "true ", "tRue", "::set-output::"])
def test_an_input_that_is_neither_true_nor_false_is_refused(tmp_path: Path, value: str) -> None:
    (push,) = [step for step in steps(ACTION) if step.get("id") == "push"]
    with pytest.raises(process.ProgramError) as ended:
        uv_arguments(tmp_path, push["run"], {"GITHUB_ACTION_PATH": "/", **defaults(push), "ALLOW_OLDER": value})
    assert ended.value.returncode == 2
    assert ended.value.stdout == ""
    told = "::error title=buildtool::the input allow-older is neither true nor false\n"
    assert ended.value.stderr == told


def test_the_page_tells_of_every_input() -> None:
    assert set(re.findall(r"^\| `([\w-]+)` \|", PAGE, re.MULTILINE)) == set(load(ACTION)["inputs"])


# --- under act


class Runner(NamedTuple):
    """Runs the workflow of docs/action.md in a repository with two images."""

    act: Act
    shop: Shop

    def push(self) -> tuple[int, str]:
        return self.act.run(self.shop.folder, "push", {"ref": "refs/heads/main"}, {})

    def pull_request(self) -> tuple[int, str]:
        head = {"ref": "feature", "sha": self.shop.git("rev-parse", "HEAD")}
        return self.act.run(self.shop.folder, "pull_request", {"number": 7, "pull_request": {"head": head}}, {})


@pytest.fixture
def runner(
    tmp_path: Path, registry_server: Registries, engine: Mapping[str, str], base_contexts: Mapping[str, str]
) -> Runner:
    shop = Shop(tmp_path / "shop", registry_server().address, base_contexts, tiny=True)
    workflows = [text.replace("<commit>", COMMIT) for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
    files = {f".github/workflows/{number}.yaml": text for number, text in enumerate(workflows)} | PYTHON_OF_ITS_OWN
    commit(shop.folder, "its own", **files)
    (uv,) = [step["uses"] for step in steps(ACTION) if "uses" in step]
    return Runner(Act(tmp_path / "act", uv), shop)


@pytest.mark.engine
def test_two_images_by_lines_are_published_and_later_steps_and_jobs_read_their_tags(runner: Runner) -> None:
    code, log = runner.push()
    assert code == 0, log
    told = dict(re.findall(r"(web|api) is (main-[0-9a-f]{7}-[0-9]{10})", log))
    assert set(told) == {"web", "api"}
    published = buildtool("verify", "--json", cwd=runner.shop.folder)
    assert published.code == 0, published
    assert {image["image"]: image["tag"] for image in json.loads(published.stdout)["images"]} == told


@pytest.mark.engine
def test_a_pull_request_is_built_and_proven_and_leaves_no_tag(runner: Runner) -> None:
    path = ".github/workflows/1.yaml"
    reads = "      - run: echo 'built ${{ join(fromJSON(steps.it.outputs.json).images.*.image) }}'\n"
    text = (runner.shop.folder / path).read_text(encoding="utf-8")
    text = text.replace("- uses: ThePixel", "- id: it\n        uses: ThePixel") + reads
    commit(runner.shop.folder, "read the output", **{path: text})
    code, log = runner.pull_request()
    assert code == 0, log
    assert "built web,api" in log or "built api,web" in log, log
    assert tags(runner.shop.registry, "web") == tags(runner.shop.registry, "api") == set()


@pytest.mark.engine
def test_a_failure_is_an_annotation_at_its_line(runner: Runner) -> None:
    runner.shop.write("api/Dockerfile", "FROM scratch\nCOPY none.txt /\n")
    runner.shop.commit("a file that is not there")
    code, log = runner.push()
    assert code == 1, log
    assert re.search(r"::error (title=[^,:]*,)?file=api/Dockerfile,line=2", log), log
