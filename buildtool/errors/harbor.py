"""Settings of Harbor that make a push fail, now or later: reported by `push` and `doctor`."""

from __future__ import annotations

from buildtool.errors import registry
from buildtool.errors.findings import Severity
from buildtool.errors.pages import Rule

READ_ONLY = Rule(
    code="harbor-read-only",
    title="Harbor is in read-only mode",
    meaning="an administrator has set the whole registry to read-only.",
    reason="every push is refused until an administrator ends the mode.",
    fix="Harbor: Administration, Configuration, System Settings: clear `Repository Read Only`",
)
EXTERNAL_URL = Rule(
    code="harbor-external-url",
    title="Harbor's external_url is not the address that its clients use",
    meaning="external_url in harbor.yml has another scheme than the address that buildtool reaches Harbor at.",
    reason="Harbor sends every client to external_url for a token, so nobody can log in.",
    fix="set external_url in harbor.yml to the address that the clients use, run ./prepare, and restart Harbor",
)
LOGIN = Rule(
    code="harbor-login",
    title="Harbor does not accept the user name and password",
    meaning="Harbor answers 401 to the login: a wrong password, or an account that is disabled or has expired.",
    reason="Harbor gives such a login a token without rights, so that every push is refused as `unauthorized`.",
    fix="look in Harbor (project, Robot Accounts) whether the account has expired, or docker login again",
)
RIGHTS = Rule(
    code="harbor-rights",
    title="the account lacks a right in the project",
    meaning="Harbor lists the rights of the account in this project, and one that buildtool needs is not in the list.",
    reason="without repository:push Harbor refuses every push; without tag:delete the candidate tag cannot be removed.",
    fix="Harbor: project, Robot Accounts: give the account the right",
)
PROXY = Rule(
    code="harbor-proxy",
    title="the project is a proxy cache",
    meaning="a proxy cache project only holds copies of images from another registry.",
    reason="Harbor refuses every push to such a project with 403.",
    fix="name another project in `registry` of buildtool.toml",
)
PRIVATE = Rule(
    code="harbor-private",
    title="the project is private, and the ImageRepository has no credentials",
    meaning="the ImageRepository that reads the tags has no spec.secretRef, and the project allows no anonymous pull.",
    reason="Flux is refused with 401, and never sees a tag of this image.",
    fix="name a Secret with credentials in spec.secretRef of the ImageRepository, or make the project public",
)
ROBOT_NAME = Rule(
    code="harbor-robot-name",
    title="the user name looks like a robot account's without its `$`",
    meaning='Harbor names robot accounts robot$NAME by default; a shell replaces $NAME inside "double quotes".',
    reason="Harbor does not know the name without the `$`, and refuses the login with 401.",
    fix="write the name in 'single quotes', or put it in a file",
)
ROBOT_EXPIRY = Rule(
    code="harbor-robot-expiry",
    severity=Severity.WARNING,
    title="the robot account has expired, or expires within 14 days",
    meaning="a robot account works until its expiry date.",
    reason="from then on every push and pull with this account is refused with 401.",
    fix="Harbor: project, Robot Accounts: give it a new expiry, or make a new one and docker login with it",
)
NO_PROJECT = Rule(
    code="harbor-no-project",
    title="the repository's name has no project in front",
    meaning="Harbor keeps every repository in a project: the name is PROJECT/NAME.",
    reason="Harbor answers 400 to every request for such a name, and docker push retries without end.",
    fix='write registry = "HOST:PORT/PROJECT" in buildtool.toml',
)
PROJECT_MISSING = Rule(
    code="harbor-project-missing",
    title="the Harbor project does not exist",
    meaning="the first part of the repository's name is no project of this Harbor.",
    reason="a push does not create the project: Harbor refuses it with `unauthorized`.",
    fix="create the project in Harbor, or run buildtool push --create-project with an account that may create projects",
)
UNSEEN = Rule(
    code="harbor-unseen",
    severity=Severity.NOTE,
    title="this account may not read every setting of the project",
    meaning="Harbor answers 401 or 403 when this account asks for some of the settings.",
    reason="whether these settings stop a push is not known.",
    fix="ask an administrator of the project whether these settings stop a push",
)
QUOTA = Rule(
    code="harbor-quota",
    severity=Severity.WARNING,
    title="the project's storage quota is used up, or nearly",
    meaning="the project uses 90 % or more of the storage that Harbor allows it.",
    reason="a push that exceeds the quota is refused with 403.",
    fix=registry.REGISTRY_QUOTA.fix,
)
SCAN = Rule(
    code="harbor-scan",
    severity=Severity.WARNING,
    title="the project refuses pulls of images that no scan has passed",
    meaning="the project has the setting `prevent vulnerable images`.",
    reason="before its scan nobody can pull a new image (412): not buildtool, not Flux, not a node.",
    fix="wait: buildtool push waits push.scan_wait seconds for the scan",
)
IMMUTABLE_CANDIDATE = Rule(
    code="harbor-immutable-candidate",
    title="an immutability rule covers the candidate tag",
    meaning="buildtool pushes under the candidate tag again and again, and the rule forbids to write it a second time.",
    reason="Harbor refuses the second push of that tag with 412, and the tag can never be removed.",
    fix="exclude the candidate tag from the rule (tags excluding TAG)",
)
IMMUTABLE_FINAL = Rule(
    code="harbor-immutable-final",
    severity=Severity.WARNING,
    title="an immutability rule covers the tags that are published",
    meaning="a tag that an immutability rule covers can be neither written again nor deleted.",
    reason="publishing works, but rollback cannot delete such a tag, so Flux goes on selecting it.",
    fix="exclude these tags from the rule, or roll back by changing the policy",
)
RETENTION = Rule(
    code="harbor-retention",
    title="the retention rules would delete the image that is deployed",
    meaning="a retention run deletes every artifact that no rule keeps, and none keeps this one.",
    reason="after the next retention run a node that has to pull the image again cannot, and its pods do not start.",
    fix="keep more artifacts, or add a rule that always keeps the deployed tags",
)
