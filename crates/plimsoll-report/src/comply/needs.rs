//! What a check needs that a run did not have, and what only a person can answer.

/// What is left to a person even where nothing speaks against the control; `None` where evidence
/// alone can show it.
pub(super) fn question(key: &str) -> Option<&'static str> {
    QUESTIONS.iter().find(|it| it.0 == key).map(|it| it.1)
}

/// What would have to be looked at so that the control could be assessed.
pub(super) fn need(key: &str) -> &'static str {
    let exact = NEEDS.iter().find(|it| it.0 == key);
    let family = || {
        let family = key.split_once('.').map_or(key, |it| it.0);
        NEEDS.iter().find(|it| it.0 == family)
    };
    exact.or_else(family).map_or("no check of this program looks at it yet", |it| it.1)
}

static QUESTIONS: &[(&str, &str)] = &[
    ("ci.gate", "does a blocking gate run before publishing and before deploying?"),
    ("daemon.cgroup-parent", "is the control group of the containers the one you expect?"),
    ("daemon.remote-logging", "do the logs reach a central store off the host?"),
    ("fleet.update-policy", "are updates tested, staged, and taken back when they fail?"),
    ("host.docker-group", "is everyone in the docker group trusted with root on the host?"),
    ("host.hardened", "which baseline was the host hardened by, and where is the result?"),
    ("image.minimal", "does the application need every package that the image carries?"),
    ("image.trusted-base", "are the base images on your list of approved ones?"),
    ("image.verified-packages", "are all sources of packages ones that you trust?"),
    ("registry.immutable-tags", "does the registry refuse to move a released tag?"),
    ("runtime.anomaly", "who is told when a container behaves unlike itself?"),
    ("runtime.drift", "do only programs of the image run in its containers?"),
    ("runtime.egress", "can containers reach only the addresses they need?"),
    ("runtime.exec-privileged", "did nobody run `docker exec --privileged`? The audit log tells."),
    ("runtime.exec-root", "did nobody run `docker exec` as root? The audit log tells."),
    ("runtime.mixed-sensitivity", "do workloads of unlike sensitivity run on hosts of their own?"),
    ("runtime.needed-ports", "is every published port one that the service needs?"),
    ("runtime.privileged-ports", "is every published port below 1024 needed?"),
    ("runtime.ulimits", "are the limits that containers override the ones you want?"),
    ("supply.builder-trusted", "does the provenance name a builder that you approve?"),
    ("supply.key-age", "are signing keys encrypted at rest, and rotated?"),
    ("swarm.ca-rotation", "when was the authority of the swarm last rotated?"),
    ("swarm.unlock-key-rotation", "when was the unlock key last rotated?"),
];

static NEEDS: &[(&str, &str)] = &[
    ("ci", "no CI workflow was judged: name the repository's folder"),
    ("daemon", "no daemon was judged: add `--host`, or `--from` with a snapshot of the host"),
    ("files", "no host was judged: add `--host`, or `--from` with a snapshot of the host"),
    ("fleet", "it is about many hosts together, which this program does not look at yet"),
    ("host", "no host was judged: add `--host`, or `--from` with a snapshot of the host"),
    ("image", "no image was judged: add `--image`, or name the folder of its Dockerfile"),
    ("image.content-trust", "signatures are not verified by this version of plimsoll"),
    ("image.signed-artifacts", "signatures are not verified by this version of plimsoll"),
    ("ops", "no host was judged: add `--host`, or `--from` with a snapshot of the host"),
    ("registry", "registries are not judged by this version of plimsoll"),
    ("runtime", "no service or container was judged: name a compose file, or add `--host`"),
    ("runtime.anomaly", "it needs the events of running containers, which are not watched yet"),
    ("runtime.drift", "it needs the events of running containers, which are not watched yet"),
    ("runtime.exec-privileged", "it needs the history of the engine's events or the audit log"),
    ("runtime.exec-root", "it needs the history of the engine's events or the audit log"),
    ("secrets", "nothing that could hold a secret was judged: name a folder, or add `--image`"),
    ("secrets.rotation-age", "it needs a record of when secrets were rotated"),
    ("secrets.stale-bind", "no host was judged: add `--host`"),
    ("secrets.vault-lease", "it needs access to Vault, which this version does not have"),
    ("secrets.vault-token", "it needs access to Vault, which this version does not have"),
    ("supply", "signatures and provenance are not verified by this version of plimsoll"),
    ("supply.base-image-fresh", "no image was judged: add `--image`"),
    ("supply.digest-pin", "no Dockerfile or service was judged: name its folder"),
    ("supply.eol", "no image was judged: add `--image`, or name the folder of its Dockerfile"),
    ("supply.malware", "no image was judged: add `--image`"),
    ("supply.sbom-present", "no image was judged: add `--image`"),
    ("swarm", "no swarm was judged: add `--host` on one of its managers"),
];
