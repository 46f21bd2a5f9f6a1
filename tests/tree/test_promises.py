"""What the tree must keep, whatever else changes: the addresses, and a way around each trap of the usual guides."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from buildtool.adapters import process
from buildtool.config import load
from tests.support import kube
from tests.support.kube import only
from tests.support.tools import tool

if TYPE_CHECKING:
    from tests.support.kube import Object

STAGES = {entry["metadata"]["name"]: entry["spec"] for entry in kube.of_kind("Kustomization")}
JOB = only("Job", "deploy-backend")
HANDLER = only("Deployment", "rollback-handler")
SCRIPT = (kube.ROOT / "apps" / "post-deploy" / "deploy.sh").read_text(encoding="utf-8")


def seconds(duration: str) -> int:
    return sum(int(n) * {"h": 3600, "m": 60, "s": 1}[unit] for n, unit in re.findall(r"(\d+)([hms])", duration))


# --- what Flux sees, takes and writes


@pytest.mark.parametrize("name", ["frontend", "backend", "rollback-handler"])
def test_the_repository_is_scanned_over_plain_http(name: str) -> None:
    spec = only("ImageRepository", name)["spec"]
    assert spec["image"] == f"192.168.0.40:5000/{name}"
    assert spec["insecure"] is True


@pytest.mark.parametrize("name", ["frontend", "backend", "rollback-handler"])
@pytest.mark.parametrize(
    ("tag", "time"),
    [
        ("master-abc1234-1707300000", "1707300000"),
        ("main-0123456789abcdef0123456789abcdef01234567-1707300000", "1707300000"),
        ("master-0000000-1700000000", "1700000000"),
        ("master-abc1234-dirty-1707300000", None),
        ("unproven", None),
        ("quarantine-master-abc1234-1707300000", None),
        ("feature-main-abc1234-1707300000", None),
        ("main-2024-abc1234-1707300000", None),
        ("abc1234", None),
        ("latest", None),
    ],
)
def test_the_policy_takes_deploy_branches_and_nothing_else(name: str, tag: str, time: str | None) -> None:
    policy = only("ImagePolicy", name)
    assert policy["metadata"]["namespace"] == "flux-system"
    assert policy["spec"]["imageRepositoryRef"] == {"name": name}
    assert policy["spec"]["filterTags"]["extract"] == "$ts"
    assert policy["spec"]["policy"] == {"numerical": {"order": "asc"}}
    match = re.search(policy["spec"]["filterTags"]["pattern"], tag)
    assert (match["ts"] if match else None) == time


def test_the_automation_commits_to_the_deploy_branch_in_its_own_words() -> None:
    automation = only("ImageUpdateAutomation", "website")
    git = automation["spec"]["git"]
    assert automation["metadata"]["namespace"] == "flux-system"
    assert git["checkout"]["ref"] == git["push"] == {"branch": "master"}
    assert git["commit"]["author"] == {"name": "Flux Bot", "email": "fluxbot@edwardstech.dev"}
    assert ".Changed.Changes" in git["commit"]["messageTemplate"]
    assert ".Updated" not in git["commit"]["messageTemplate"]


# --- stages


def test_stages_wait_by_one_means_and_force_nothing() -> None:
    for name, spec in STAGES.items():
        assert spec["wait"] is True, name
        assert not {"healthChecks", "force"} & set(spec), name
        assert spec["sourceRef"] == {"kind": "GitRepository", "name": "flux-system"}


def before(stage: str, seen: tuple[str, ...] = ()) -> set[str]:
    """Every stage that must be healthy first."""
    assert stage not in seen, f"a circle: {seen}"
    direct = {entry["name"] for entry in STAGES[stage].get("dependsOn", [])}
    return direct.union(*(before(name, (*seen, stage)) for name in direct))


def test_infrastructure_then_frontend_then_backend() -> None:
    assert not before("infrastructure")
    assert before("frontend") == {"infrastructure"}
    assert before("post-deploy") == {"infrastructure", "frontend", "backend-routing"}
    assert before("ingress") == {"infrastructure", "frontend", "backend-routing"}
    assert before("notifications") == {"infrastructure"}
    assert before("rollback-handler") == {"infrastructure"}


# --- the deploy Job


def test_the_job_alone_is_forced_and_lives_until_it_is_replaced() -> None:
    force = "kustomize.toolkit.fluxcd.io/force"
    forced = [o["kind"] for _, o in kube.committed() if force in o["metadata"].get("annotations", {})]
    assert forced == ["Job"]
    assert JOB["metadata"]["annotations"][force] == "enabled"
    assert "ttlSecondsAfterFinished" not in JOB["spec"]


def test_the_job_ends_before_its_stage_gives_up() -> None:
    assert JOB["spec"]["activeDeadlineSeconds"] < seconds(STAGES["post-deploy"]["timeout"])
    environment = settings()
    attempts = JOB["spec"]["backoffLimit"] + 1
    assert attempts * int(environment["DEPLOY_HEALTH_TIMEOUT"]) < JOB["spec"]["activeDeadlineSeconds"]


def settings() -> dict[str, str]:
    return {entry["name"]: entry["value"] for entry in container(JOB)["env"]}


def container(workload: Object) -> dict[str, Any]:
    (only_one,) = workload["spec"]["template"]["spec"]["containers"]
    found: dict[str, Any] = only_one
    return found


def test_the_job_goes_where_the_backend_is() -> None:
    environment = settings()
    assert {name: environment[name] for name in environment if name != "DEPLOY_TAG"} == {
        "DEPLOY_HOST": "192.168.0.50",
        "DEPLOY_PORT": "22",
        "DEPLOY_USER": "deploy",
        "DEPLOY_DIR": "/opt/Professional-Website",
        "DEPLOY_BRANCH": "master",
        "DEPLOY_COMPOSE_FILE": "docker-compose.backend.yml",
        "DEPLOY_KEY": "/ssh/id_ed25519",
        "DEPLOY_KNOWN_HOSTS": "/ssh/known_hosts",
        "DEPLOY_CONNECT_TIMEOUT": "10",
        "DEPLOY_HEALTH_URL": "http://192.168.0.50:3001/api/health",
        "DEPLOY_HEALTH_TIMEOUT": "180",
        "DEPLOY_HEALTH_INTERVAL": "3",
    }


def test_the_job_gives_every_setting_the_script_reads() -> None:
    assert set(re.findall(r"\bDEPLOY_[A-Z_]+", SCRIPT)) == set(settings())


def test_what_cannot_heal_is_not_tried_again() -> None:
    (rule,) = JOB["spec"]["podFailurePolicy"]["rules"]
    codes = {int(code) for code in re.findall(r"\bfail (\d\d)\b", SCRIPT)}
    assert set(rule["onExitCodes"]["values"]) == {20, 21, 30, 32} < codes
    assert rule["onExitCodes"]["containerName"] == container(JOB)["name"]
    assert codes == {
        int(code) for code in re.findall(r"(?m)^#.*$", SCRIPT) for code in re.findall(r"\b\d\d(?= )", code)
    }


@pytest.mark.parametrize("option", ["StrictHostKeyChecking=yes", "BatchMode=yes", "IdentitiesOnly=yes"])
def test_ssh_is_strict(option: str) -> None:
    assert f"-o {option} " in SCRIPT
    assert "ssh-keyscan" not in SCRIPT
    assert "accept-new" not in SCRIPT


def test_a_changed_script_makes_a_changed_job() -> None:
    built = kube.build(kube.ROOT / "apps" / "post-deploy")
    (config,) = [o for o in built if o["kind"] == "ConfigMap"]
    (job,) = [o for o in built if o["kind"] == "Job"]
    mounted = [v["configMap"]["name"] for v in job["spec"]["template"]["spec"]["volumes"] if "configMap" in v]
    assert mounted == [config["metadata"]["name"]]
    assert re.fullmatch(r"deploy-backend-[a-z0-9]{10}", config["metadata"]["name"])
    assert config["data"]["deploy.sh"] == SCRIPT


# --- workloads and routes


@pytest.mark.parametrize("workload", [only("Deployment", "frontend"), JOB, HANDLER], ids=["frontend", "job", "handler"])
def test_workloads_are_confined(workload: Object) -> None:
    pod, only_one = workload["spec"]["template"]["spec"], container(workload)
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is (workload is HANDLER)  # it reads Flux's objects
    assert only_one["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {"cpu", "memory"} == set(only_one["resources"]["limits"]) == set(only_one["resources"]["requests"])


def test_the_frontend_runs_on_arm64_and_is_probed() -> None:
    frontend = only("Deployment", "frontend")
    pod, web = frontend["spec"]["template"]["spec"], container(frontend)
    assert pod["nodeSelector"] == {"kubernetes.io/arch": "arm64"}
    assert pod["securityContext"]["runAsUser"] == 101
    assert web["ports"] == [{"name": "http", "containerPort": 8080}]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert web[probe]["httpGet"] == {"path": "/healthz", "port": "http"}
    assert seconds(STAGES["frontend"]["timeout"]) > frontend["spec"]["progressDeadlineSeconds"]


def test_the_vm_is_reached_through_an_endpoint_slice() -> None:
    service, slice_ = only("Service", "backend"), only("EndpointSlice", "backend-vm")
    assert "selector" not in service["spec"]
    assert slice_["metadata"]["labels"]["kubernetes.io/service-name"] == "backend"
    assert slice_["metadata"]["namespace"] == service["metadata"]["namespace"] == "website"
    assert slice_["endpoints"][0]["addresses"] == ["192.168.0.50"]
    (mine,), (its,) = service["spec"]["ports"], slice_["ports"]
    assert (mine["name"], mine["targetPort"]) == (its["name"], its["port"]) == ("http", 3001)
    assert not kube.of_kind("Endpoints")


def test_the_ingress_sends_the_api_to_the_backend_and_the_rest_to_the_frontend() -> None:
    spec = only("Ingress", "website")["spec"]
    assert spec["ingressClassName"] == "traefik"
    routes = {path["path"]: path["backend"]["service"] for path in spec["rules"][0]["http"]["paths"]}
    assert {path: service["name"] for path, service in routes.items()} == {"/api": "backend", "/": "frontend"}
    for service in routes.values():
        assert service["port"]["name"] in [port["name"] for port in only("Service", service["name"])["spec"]["ports"]]


# --- notifications and secrets


def test_alerts_and_receivers_refer_to_what_is_there() -> None:
    alert, receiver = only("Alert", "failed-deployments")["spec"], only("Receiver", "harbor")["spec"]
    assert only("Provider", alert["providerRef"]["name"])["spec"]["type"] == "generic-hmac"
    assert {source["name"] for source in alert["eventSources"]} == {"frontend", "post-deploy"}
    assert {resource["name"] for resource in receiver["resources"]} == {"frontend", "backend", "rollback-handler"}
    assert receiver["type"] == "harbor"
    for resource in receiver["resources"]:
        assert only(resource["kind"], resource["name"])["apiVersion"] == resource["apiVersion"]


def test_every_secret_that_is_used_is_sealed_and_none_is_plain() -> None:
    assert not kube.of_kind("Secret")
    sealed = {
        (o["metadata"]["namespace"], o["metadata"]["name"]): set(o["spec"]["encryptedData"])
        for o in kube.of_kind("SealedSecret")
    }
    assert sealed == {
        ("website", "deploy-backend-ssh"): {"id_ed25519", "known_hosts"},
        ("flux-system", "rollback-handler"): {"token"},
        ("rollback-handler", "rollback-handler"): {"token"},
        ("rollback-handler", "rollback-handler-registry"): {"username", "password"},
        ("flux-system", "harbor-webhook"): {"token"},
    }
    used = [v["secret"]["secretName"] for v in JOB["spec"]["template"]["spec"]["volumes"] if "secret" in v]
    assert used == ["deploy-backend-ssh"]
    assert only("Provider", "rollback-handler")["spec"]["secretRef"] == {"name": "rollback-handler"}
    assert only("Receiver", "harbor")["spec"]["secretRef"] == {"name": "harbor-webhook"}


WATCHED = {"reconcile.fluxcd.io/watch": "Enabled"}


def test_notification_controller_sees_when_the_secret_of_a_receiver_comes() -> None:
    """It watches only secrets with this label, which a SealedSecret hands on from its template."""
    sealed = {document["metadata"]["name"]: document["spec"]["template"] for document in kube.of_kind("SealedSecret")}
    receivers = [document["spec"]["secretRef"]["name"] for document in kube.of_kind("Receiver")]
    assert receivers
    assert [sealed[name]["metadata"].get("labels") for name in receivers] == [WATCHED] * len(receivers)


def test_the_command_that_seals_the_token_keeps_the_label(tmp_path: Path) -> None:
    """The line of docs/bootstrap.md, with the real kubectl; what stands for kubeseal prints what it is given."""
    page = (kube.ROOT / "docs" / "bootstrap.md").read_text(encoding="utf-8")
    [loop] = re.findall(r"(?m)^for name in harbor-webhook .*\n(?:  .*\n)+?done$", page)
    (tmp_path / "kubeseal").write_text("#!/bin/sh\ncat\n", encoding="utf-8")
    (tmp_path / "kubeseal").chmod(0o755)
    (tmp_path / "infrastructure" / "notifications").mkdir(parents=True)
    path = f"{tmp_path}:{Path(tool('kubectl')).parent}:/usr/bin:/bin"
    process.run(["sh", "-ec", loop], cwd=tmp_path, env={"PATH": path, "HOME": str(tmp_path), "KUBECONFIG": "/dev/null"})
    file = tmp_path / "infrastructure" / "notifications" / "sealed-harbor-webhook.yaml"
    [secret] = kube.load(file.read_text(encoding="utf-8"))
    assert (secret["kind"], secret["metadata"]["name"]) == ("Secret", "harbor-webhook")
    assert secret["metadata"]["labels"] == WATCHED
    assert set(secret["data"]) == {"token"}


def test_a_sealed_value_is_sealed_or_openly_a_placeholder() -> None:
    """What kubeseal writes is base64 of at least a 4096 bit RSA block."""
    for document in kube.of_kind("SealedSecret"):
        for value in document["spec"]["encryptedData"].values():
            assert value.startswith("PLACEHOLDER-") or re.fullmatch(r"[A-Za-z0-9+/]{680,}={0,2}", value)


def test_the_nodes_pull_over_plain_http() -> None:
    mirrors = yaml.safe_load((kube.ROOT / "k3s" / "registries.yaml").read_text(encoding="utf-8"))["mirrors"]
    assert mirrors == {"192.168.0.40:5000": {"endpoint": ["http://192.168.0.40:5000"]}}


# --- the rollback handler


def test_alerts_go_to_the_handlers_service_and_it_takes_them() -> None:
    """The Alert names the Kustomizations that buildtool.toml lets it act on, and the service leads to its port."""
    service, pod = only("Service", "rollback-handler"), HANDLER["spec"]["template"]
    place = f"{service['metadata']['name']}.{service['metadata']['namespace']}.svc.cluster.local"
    provider = only("Provider", only("Alert", "failed-deployments")["spec"]["providerRef"]["name"])
    assert provider["spec"]["address"] == f"http://{place}/"
    assert service["spec"]["selector"].items() <= pod["metadata"]["labels"].items()
    [port] = container(HANDLER)["ports"]
    assert service["spec"]["ports"][0]["targetPort"] == port["name"]
    assert f"--port={port['containerPort']}" in container(HANDLER)["args"]
    settings = load(kube.ROOT / "buildtool.toml", {}, on_disk=False).handler
    sources = only("Alert", "failed-deployments")["spec"]["eventSources"]
    assert {f"flux-system:{source['name']}" for source in sources} == set(settings.kustomizations)


def test_the_handler_may_read_and_nothing_else() -> None:
    roles = [role for role in kube.of_kind("Role") if role["metadata"]["name"] == "rollback-handler"]
    assert {role["metadata"]["namespace"] for role in roles} == {"flux-system", "website", "rollback-handler"}
    assert {verb for role in roles for rule in role["rules"] for verb in rule["verbs"]} == {"get", "list"}
    assert not any("secrets" in rule["resources"] for role in roles for rule in role["rules"])
    assert not kube.of_kind("ClusterRole")
    assert not kube.of_kind("ClusterRoleBinding")


def test_only_notification_controller_and_the_ingress_come_in() -> None:
    policy = only("NetworkPolicy", "rollback-handler")["spec"]
    assert set(policy["policyTypes"]) == {"Ingress", "Egress"}
    [rule] = policy["ingress"]
    assert [(one["namespaceSelector"]["matchLabels"], one["podSelector"]["matchLabels"]) for one in rule["from"]] == [
        ({"kubernetes.io/metadata.name": "flux-system"}, {"app": "notification-controller"}),
        ({"kubernetes.io/metadata.name": "kube-system"}, {"app.kubernetes.io/name": "traefik"}),
    ]
    assert [port["port"] for port in rule["ports"]] == [container(HANDLER)["ports"][0]["containerPort"]]


def test_the_handler_is_one_small_pod_that_may_finish_what_it_began() -> None:
    pod = HANDLER["spec"]["template"]["spec"]
    assert HANDLER["spec"]["replicas"] == 1
    assert HANDLER["spec"]["strategy"] == {"type": "Recreate"}
    assert container(HANDLER)["resources"]["limits"]["memory"] == "64Mi"
    assert pod["terminationGracePeriodSeconds"] > 150  # what the service itself waits
    assert not any(volume.get("emptyDir", {}).get("medium") for volume in pod["volumes"])
