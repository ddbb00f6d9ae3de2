//! A swarm: its managers, keys, networks and secrets. All of it is told by managers only.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_finding::{RuleInfo, Severity, Target, TargetKind};
use serde_json::Value;

use crate::{
    check::{Answer, Check, Facts, Fault, host_rule},
    value::{days, decoded, is_true, list, number, seconds, text},
};

macro_rules! check {
    ($id:literal, $aliases:expr, $severity:ident, $key:literal, $doc:ident, $judge:ident) => {
        Check {
            info: RuleInfo {
                aliases: &$aliases,
                severity: Severity::$severity,
                controls: &[$key],
                doc: $doc,
                file: file!(),
                ..host_rule($id)
            },
            judge: $judge,
        }
    };
}

#[rustfmt::skip]
pub(super) static CHECKS: &[Check] = &[
    check!("even-managers", ["docker-bench:7.1"], Medium, "swarm.managers", MANAGERS, judge_managers),
    check!("swarm-on-all-addresses", ["docker-bench:7.2"], Medium, "swarm.bind-interface", BIND, judge_bind),
    check!("plain-overlay", ["docker-bench:7.3"], Medium, "swarm.overlay-encryption", OVERLAY, judge_overlays),
    check!("secret-in-swarm-service", ["docker-bench:7.4"], High, "swarm.use-secrets", PLAIN, judge_plain),
    check!("swarm-without-autolock", ["docker-bench:7.5"], Medium, "swarm.autolock", LOCK, judge_lock),
    check!("old-unlock-key", ["docker-bench:7.6"], Info, "swarm.unlock-key-rotation", KEY, judge_key),
    check!("long-node-certificates", ["docker-bench:7.7"], Low, "swarm.node-cert-rotation", NODE, judge_node),
    check!("old-swarm-ca", ["docker-bench:7.8"], Info, "swarm.ca-rotation", CA, judge_ca),
    check!("shared-swarm-plane", ["docker-bench:7.9"], Info, "swarm.plane-separation", PLANE, judge_plane),
    check!("unused-swarm-secret", [], Low, "secrets.swarm-unused", UNUSED, judge_unused),
    check!("secret-of-previous-spec", [], Medium, "secrets.swarm-previous-spec", PREVIOUS, judge_previous),
    check!("old-swarm-secret", [], Low, "secrets.rotation-age", AGE, judge_age),
];

/// The engine's word about the swarm, if this host manages one; else the outcome why not.
fn managed<'h>(facts: &Facts<'h>, answer: &mut Answer<'_>) -> Option<&'h Value> {
    let swarm = answer.swarm();
    let info = facts.host.answer("/info");
    let info = answer.need(swarm.clone(), info, "there is no engine")?;
    match text(info, "/Swarm/LocalNodeState") {
        "" => answer.unknown(
            swarm,
            "the engine does not tell whether it is in a swarm",
            "ask an engine of version 20.10 or newer",
        ),
        "inactive" => answer.not_applicable(swarm, "the host is in no swarm"),
        _ if is_true(info, "/Swarm/ControlAvailable") => return Some(info),
        _ => answer.unknown(
            swarm,
            "the host is a worker, and only managers know the swarm",
            "audit a manager of the swarm",
        ),
    }
    None
}

/// The answer at `path` of a manager.
fn told<'h>(facts: &Facts<'h>, answer: &mut Answer<'_>, path: &str) -> Option<&'h Value> {
    managed(facts, answer)?;
    let absent = "the swarm has none";
    answer.need(answer.swarm(), facts.host.answer(path), absent)
}

fn fault(message: String, setting: &str, source: &str, evidence: Vec<String>) -> Fault {
    let (setting, source) = (setting.to_owned(), source.to_owned());
    Fault { message, setting, source, evidence, ..Fault::default() }
}

/// The list at `path` of a manager.
fn listed<'h>(facts: &Facts<'h>, answer: &mut Answer<'_>, path: &str) -> Option<&'h [Value]> {
    managed(facts, answer)?;
    let absent = "the swarm has none";
    answer.need(answer.swarm(), facts.host.answer_list(path), absent)
}

const MANAGERS: &str = "Number of managers that adds risk without adding safety.

## Why
Managers agree by majority: four survive the loss of one, as three do, and each more holds every
secret of the swarm. An even number, or more than seven, costs and gives nothing.

## Fails
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true, \"Managers\": 2, \"Nodes\": 5}}
```
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true, \"Managers\": 9, \"Nodes\": 20}}
```

## Passes
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true, \"Managers\": 3, \"Nodes\": 5}}
```

## Manual
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true, \"Managers\": 1, \"Nodes\": 5}}
```

## Unknown
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": false}}
```

## Not applicable
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"inactive\"}}
```
";

fn judge_managers(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let Some(info) = managed(facts, answer) else { return };
    let swarm = answer.swarm();
    let n_nodes = number(info, "/Swarm/Nodes").unwrap_or_default();
    let n_managers = number(info, "/Swarm/Managers").unwrap_or_default();
    let evidence = vec![format!("{n_managers} managers, {n_nodes} nodes")];
    match n_managers {
        ..=0 => answer.unknown(swarm, "the engine does not count its managers", "ask another one"),
        1 => answer.manual(swarm, "may the swarm be lost with its only manager?", evidence),
        3 | 5 | 7 => answer.pass(swarm, "the number of managers is odd and small", evidence),
        it => {
            let message = format!("the swarm has {it} managers: make it 3, 5 or 7");
            answer.fail(swarm, fault(message, "Swarm.Managers", "info", evidence));
        }
    }
}

const BIND: &str = "Swarm that listens on every address.

## Why
The ports of a swarm are for its nodes only. On every address they stand open to each network the
host is in.

## Fails
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
text /proc/net/tcp head
text /proc/net/tcp  0: 00000000:0949 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1
absent /proc/net/tcp6
```

## Passes
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
text /proc/net/tcp head
text /proc/net/tcp  0: 0100000A:0949 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1
text /proc/net/tcp  1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1
absent /proc/net/tcp6
```

## Unknown
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
```
";

/// Management, gossip.
const SWARM_PORTS: [u16; 2] = [2377, 7946];

fn judge_bind(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    if managed(facts, answer).is_none() {
        return;
    }
    let swarm = answer.swarm();
    let tcp = facts.host.tcp.map(Vec::as_slice);
    let Some(tcp) = answer.need(swarm.clone(), tcp, "the host has no sockets") else { return };
    let ports = tcp.iter().filter(|it| SWARM_PORTS.contains(&it.port));
    let told = |it: &plimsoll_host::Listener| format!("{} port {}", it.address, it.port);
    let evidence: Vec<String> = ports.clone().map(told).collect();
    let open = ports.clone().find(|it| it.address.is_unspecified());
    match open {
        None if evidence.is_empty() => {
            answer.unknown(swarm, "no port of the swarm was seen", "look from the host itself");
        }
        None => answer.pass(swarm, "the swarm listens on named addresses", evidence),
        Some(it) => {
            let message =
                format!("port {} of the swarm is open on every address: name one", it.port);
            answer.fail(swarm, fault(message, "listen-addr", "/proc/net/tcp", evidence));
        }
    }
}

const OVERLAY: &str = "Overlay network that sends its data in plain.

## Why
What containers on different nodes say to each other crosses the wire as it is, unless the network is
made with `--opt encrypted`. The swarm's own `ingress` is left out: it carries what comes from
outside in any case.

## Fails
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /networks [{\"Name\": \"back\", \"Driver\": \"overlay\", \"Options\": {}}, {\"Name\": \"ingress\", \"Driver\": \"overlay\", \"Ingress\": true}]
```
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /networks [{\"Name\": \"back\", \"Driver\": \"overlay\", \"Options\": {\"encrypted\": \"false\"}}]
```

## Passes
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /networks [{\"Name\": \"back\", \"Driver\": \"overlay\", \"Options\": {\"encrypted\": \"\"}}, {\"Name\": \"ingress\", \"Driver\": \"overlay\", \"Ingress\": true}]
```

## Unknown
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
unknown-answer /networks
```

## Not applicable
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /networks [{\"Name\": \"bridge\", \"Driver\": \"bridge\"}]
```
";

fn judge_overlays(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let Some(networks) = listed(facts, answer, "/networks") else { return };
    let is_overlay = |it: &&Value| {
        text(it, "/Driver") == "overlay"
            && !is_true(it, "/Ingress")
            && text(it, "/Name") != "ingress"
    };
    let mut is_any = false;
    for network in networks.iter().filter(is_overlay) {
        is_any = true;
        let name = text(network, "/Name");
        let target = Target { kind: TargetKind::Network, name: name.to_owned() };
        let option = network.pointer("/Options/encrypted").and_then(Value::as_str);
        match option {
            Some(it) if it != "false" => {
                answer.pass(target, "its data is encrypted", vec!["Options.encrypted".to_owned()]);
            }
            _ => {
                let message = format!("the overlay {name} sends its data in plain");
                let source = format!("networks/{name}");
                answer.fail(target, fault(message, "Options.encrypted", &source, Vec::new()));
            }
        }
    }
    if !is_any {
        answer.not_applicable(answer.swarm(), "the swarm has no overlay but its own ingress");
    }
}

const LOCK: &str = "Swarm whose managers start without a key.

## Why
The keys of the swarm and its secrets lie on the disk of each manager. With auto-lock they are
encrypted there, and a stolen disk or a stopped manager gives nothing away.

## Fails
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /swarm {\"Spec\": {\"EncryptionConfig\": {\"AutoLockManagers\": false}}}
```

## Passes
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /swarm {\"Spec\": {\"EncryptionConfig\": {\"AutoLockManagers\": true}}}
```

## Unknown
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /swarm {}
```
";

fn judge_lock(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let Some(cluster) = told(facts, answer, "/swarm") else { return };
    let setting = "Spec.EncryptionConfig.AutoLockManagers";
    let value = cluster.pointer("/Spec/EncryptionConfig/AutoLockManagers").and_then(Value::as_bool);
    let evidence = vec![format!("{setting}: {}", value.unwrap_or_default())];
    match value {
        None => {
            answer.unknown(answer.swarm(), "the manager does not tell it", "ask another manager");
        }
        Some(true) => answer.pass(answer.swarm(), "managers are locked", evidence),
        Some(false) => {
            let message = "managers start without a key: turn auto-lock on".to_owned();
            answer.fail(answer.swarm(), fault(message, setting, "swarm", evidence));
        }
    }
}

const KEY: &str = "Key that unlocks the managers, and how old it is.

## Why
A key that many have seen opens every manager's disk. Change it when somebody leaves, and every few
months. The engine keeps no record of it.

## Manual
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /swarm {\"UpdatedAt\": \"2026-11-01T00:00:00Z\", \"Spec\": {\"EncryptionConfig\": {\"AutoLockManagers\": true}}}
```

## Not applicable
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /swarm {\"Spec\": {\"EncryptionConfig\": {\"AutoLockManagers\": false}}}
```
";

fn judge_key(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let Some(cluster) = told(facts, answer, "/swarm") else { return };
    let swarm = answer.swarm();
    if !is_true(cluster, "/Spec/EncryptionConfig/AutoLockManagers") {
        return answer.not_applicable(swarm, "auto-lock is off, so there is no key");
    }
    let evidence = vec![format!("the swarm was last changed at {}", text(cluster, "/UpdatedAt"))];
    let question = "when was the key last changed (`docker swarm unlock-key --rotate`)?";
    answer.manual(swarm, question, evidence);
}

const NODE: &str = "Certificates of nodes that hold for long.

## Why
A node that was lost or thrown out can speak to the swarm as long as its certificate holds. Ninety
days, the engine's own choice, is the most that is let pass.

## Fails
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /swarm {\"Spec\": {\"CAConfig\": {\"NodeCertExpiry\": 31536000000000000}}}
```

## Passes
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /swarm {\"Spec\": {\"CAConfig\": {\"NodeCertExpiry\": 7776000000000000}}}
```

## Unknown
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /swarm {\"Spec\": {}}
```
";

fn judge_node(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let Some(cluster) = told(facts, answer, "/swarm") else { return };
    let swarm = answer.swarm();
    let setting = "Spec.CAConfig.NodeCertExpiry";
    let Some(expiry) = number(cluster, "/Spec/CAConfig/NodeCertExpiry") else {
        return answer.unknown(swarm, "the manager does not tell it", "ask another manager");
    };
    let seconds = expiry / 1_000_000_000;
    let evidence = vec![format!("{setting}: {}", days(seconds))];
    if seconds <= 90 * 86_400 {
        return answer.pass(swarm, "certificates of nodes are renewed in time", evidence);
    }
    let message = format!("certificates of nodes hold for {}: 90 at most", days(seconds));
    answer.fail(swarm, fault(message, setting, "swarm", evidence));
}

const CA: &str = "Certificate authority of the swarm, and how old it is.

## Why
Who has the authority's key can make nodes of their own. Change it when a manager is lost, and every
year or so.

## Manual
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /swarm {\"CreatedAt\": \"2020-01-01T00:00:00Z\", \"UpdatedAt\": \"2026-01-01T00:00:00Z\", \"RootRotationInProgress\": false}
```
";

fn judge_ca(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let Some(cluster) = told(facts, answer, "/swarm") else { return };
    let mut evidence = vec![
        format!("the swarm was made at {}", text(cluster, "/CreatedAt")),
        format!("it was last changed at {}", text(cluster, "/UpdatedAt")),
    ];
    if is_true(cluster, "/RootRotationInProgress") {
        evidence.push("the authority is being changed right now".to_owned());
    }
    let question = "when was the authority last changed (`docker swarm ca --rotate`)?";
    answer.manual(answer.swarm(), question, evidence);
}

const PLANE: &str = "Management and data of a swarm on one network.

## Why
What containers send can crowd out, or listen to, what managers say to nodes, if both use one
network card.

## Manual
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true, \"NodeAddr\": \"10.0.0.1\"}}
```
";

fn judge_plane(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let Some(info) = managed(facts, answer) else { return };
    let evidence = vec![format!("Swarm.NodeAddr: {}", text(info, "/Swarm/NodeAddr"))];
    let question = "was the swarm joined with a `--data-path-addr` of its own? the engine does not \
                    tell";
    answer.manual(answer.swarm(), question, evidence);
}

const UNUSED: &str = "Secret of a swarm that nothing uses, or only old tasks.

## Why
A secret that no service names is known to the managers for nothing; one that only old tasks hold was
meant to be taken away and is still there.

## Fails
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /secrets [{\"ID\": \"s1\", \"Spec\": {\"Name\": \"db\"}}]
answer /services []
answer /tasks []
```
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /secrets [{\"ID\": \"s1\", \"Spec\": {\"Name\": \"db\"}}]
answer /services [{\"ID\": \"v\", \"Spec\": {\"TaskTemplate\": {\"ContainerSpec\": {\"Secrets\": []}}}}]
answer /tasks [{\"Status\": {\"State\": \"running\"}, \"Spec\": {\"ContainerSpec\": {\"Secrets\": [{\"SecretID\": \"s1\"}]}}}]
```

## Passes
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /secrets [{\"ID\": \"s1\", \"Spec\": {\"Name\": \"db\"}}]
answer /services [{\"ID\": \"v\", \"Spec\": {\"TaskTemplate\": {\"ContainerSpec\": {\"Secrets\": [{\"SecretID\": \"s1\"}]}}}}]
answer /tasks []
```

## Unknown
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /secrets [{\"ID\": \"s1\", \"Spec\": {\"Name\": \"db\"}}]
answer /tasks []
```

## Not applicable
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /secrets []
```
";

/// The secrets of the swarm, if it has some.
fn secrets<'h>(facts: &Facts<'h>, answer: &mut Answer<'_>) -> Option<&'h [Value]> {
    let secrets = listed(facts, answer, "/secrets")?;
    if secrets.is_empty() {
        answer.not_applicable(answer.swarm(), "the swarm keeps no secrets");
        return None;
    }
    Some(secrets)
}

/// The numbers of the secrets that a container's spec at `pointer` names.
fn named<'v>(value: &'v Value, pointer: &str) -> impl Iterator<Item = &'v str> {
    list(value, pointer).iter().map(|it| text(it, "/SecretID"))
}

const OF_SERVICE: &str = "/Spec/TaskTemplate/ContainerSpec/Secrets";
const OF_PREVIOUS: &str = "/PreviousSpec/TaskTemplate/ContainerSpec/Secrets";

fn judge_unused(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let Some(secrets) = secrets(facts, answer) else { return };
    let Some(services) = listed(facts, answer, "/services") else { return };
    let Some(tasks) = listed(facts, answer, "/tasks") else { return };
    let used: BTreeSet<&str> = services.iter().flat_map(|it| named(it, OF_SERVICE)).collect();
    let is_alive = |it: &&Value| text(it, "/Status/State") == "running";
    let tasks = tasks.iter().filter(is_alive);
    let held: BTreeSet<&str> =
        tasks.flat_map(|it| named(it, "/Spec/ContainerSpec/Secrets")).collect();
    let mut is_clean = true;
    for secret in secrets.iter().filter(|it| !used.contains(text(it, "/ID"))) {
        is_clean = false;
        let name = text(secret, "/Spec/Name");
        let message = if held.contains(text(secret, "/ID")) {
            format!("the secret {name} is taken from its services, and old tasks still hold it")
        } else {
            format!("the secret {name} is kept, and no service uses it")
        };
        let evidence = vec![format!("made at {}", text(secret, "/CreatedAt"))];
        let source = format!("secrets/{name}");
        answer.fail(answer.swarm(), fault(message, "Spec.Name", &source, evidence));
    }
    if is_clean {
        let evidence = vec![format!("{} secrets, all named by services", secrets.len())];
        answer.pass(answer.swarm(), "every secret is in use", evidence);
    }
}

const PREVIOUS: &str = "Secret that a roll-back would bring back.

## Why
A service remembers how it was before its last change. If a secret was taken from it because it was
known to others, `docker service rollback` gives it back.

## Fails
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /secrets [{\"ID\": \"s1\", \"Spec\": {\"Name\": \"db\"}}]
answer /services [{\"Spec\": {\"Name\": \"web\"}, \"PreviousSpec\": {\"TaskTemplate\": {\"ContainerSpec\": {\"Secrets\": [{\"SecretID\": \"s1\", \"SecretName\": \"db\"}]}}}}]
```

## Passes
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /secrets [{\"ID\": \"s2\", \"Spec\": {\"Name\": \"db2\"}}]
answer /services [{\"Spec\": {\"Name\": \"web\"}, \"PreviousSpec\": {\"TaskTemplate\": {\"ContainerSpec\": {\"Secrets\": [{\"SecretID\": \"s1\", \"SecretName\": \"db\"}]}}}}]
```

## Unknown
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /secrets [{\"ID\": \"s1\", \"Spec\": {\"Name\": \"db\"}}]
unknown-answer /services
```
";

fn judge_previous(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let Some(secrets) = secrets(facts, answer) else { return };
    let Some(services) = listed(facts, answer, "/services") else { return };
    let kept: BTreeMap<&str, &str> =
        secrets.iter().map(|it| (text(it, "/ID"), text(it, "/Spec/Name"))).collect();
    let mut is_clean = true;
    for service in services {
        let current: BTreeSet<&str> = named(service, OF_SERVICE).collect();
        let name = text(service, "/Spec/Name");
        // A secret that is gone from the swarm cannot come back.
        let gone = named(service, OF_PREVIOUS).filter(|it| !current.contains(it));
        for secret in gone.filter_map(|it| kept.get(it)) {
            is_clean = false;
            let message = format!("a roll-back of {name} would give it the secret {secret} again");
            let source = format!("services/{name}");
            let fault = fault(message, "PreviousSpec", &source, Vec::new());
            answer.fail(answer.swarm(), fault);
        }
    }
    if is_clean {
        let evidence = vec![format!("{} services were looked at", services.len())];
        answer.pass(answer.swarm(), "no roll-back brings a secret back", evidence);
    }
}

const AGE: &str = "Secret of a swarm that nobody changed for long.

## Why
The longer a secret is in use, the more people, logs and backups have it.

## Fails
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /secrets [{\"ID\": \"s1\", \"CreatedAt\": \"2025-01-01T00:00:00Z\", \"Spec\": {\"Name\": \"db\"}}]
setting secret-days 90
```

## Passes
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /secrets [{\"ID\": \"s1\", \"CreatedAt\": \"2026-11-01T00:00:00Z\", \"Spec\": {\"Name\": \"db\"}}]
setting secret-days 90
```

## Manual
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /secrets [{\"ID\": \"s1\", \"CreatedAt\": \"2025-01-01T00:00:00Z\", \"Spec\": {\"Name\": \"db\"}}]
```

## Unknown
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /secrets [{\"ID\": \"s1\", \"Spec\": {\"Name\": \"db\"}}]
setting secret-days 90
```
";

fn judge_age(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let Some(secrets) = secrets(facts, answer) else { return };
    let swarm = answer.swarm();
    let now = i64::try_from(facts.host.collected.taken_at).unwrap_or(i64::MAX);
    // The content of a secret never changes: a change means a new secret.
    let age = |it: &Value| Some(now.saturating_sub(seconds(text(it, "/CreatedAt"))?));
    let told = |it: &Value| match age(it) {
        Some(age) => format!("{} is {} old", text(it, "/Spec/Name"), days(age)),
        None => format!("{} has no date", text(it, "/Spec/Name")),
    };
    let evidence: Vec<String> = secrets.iter().map(told).collect();
    let Some(limit) = facts.settings.secret_days else {
        let question = "is every secret younger than the team wants it to be?";
        return answer.manual(swarm, question, evidence);
    };
    let limit = i64::try_from(limit.saturating_mul(86_400)).unwrap_or(i64::MAX);
    if secrets.iter().any(|it| age(it).is_none()) {
        let why = "a secret has no date";
        answer.unknown(swarm.clone(), why, "look at it with `docker secret inspect`");
    }
    let mut is_clean = true;
    for secret in secrets.iter().filter(|it| age(it).is_some_and(|it| it > limit)) {
        is_clean = false;
        let name = text(secret, "/Spec/Name");
        let message = format!("the secret {}: make a new one", told(secret));
        let source = format!("secrets/{name}");
        let fault = fault(message, "CreatedAt", &source, Vec::new());
        answer.fail(swarm.clone(), fault);
    }
    if is_clean {
        answer.pass(swarm, "every secret is young enough", evidence);
    }
}

const PLAIN: &str = "Secret in the settings of a swarm service, or in a config.

## Why
Variables and configs are shown to everybody who may ask a manager, and written into logs and
backups. A secret of the swarm is encrypted, and given to the tasks that need it only.

## Fails
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /services [{\"Spec\": {\"Name\": \"web\", \"TaskTemplate\": {\"ContainerSpec\": {\"Env\": [\"DB_PASSWORD=hunter2hunter2\"]}}}}]
answer /configs []
```
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /services []
answer /configs [{\"Spec\": {\"Name\": \"app\", \"Data\": \"dXNlcj1hCnBhc3N3b3JkID0gaHVudGVyMgo=\"}}]
```

## Passes
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /services [{\"Spec\": {\"Name\": \"web\", \"TaskTemplate\": {\"ContainerSpec\": {\"Env\": [\"DB_PASSWORD_FILE=/run/secrets/db\", \"TOKEN=\", \"LEVEL=info\"]}}}}]
answer /configs [{\"Spec\": {\"Name\": \"app\", \"Data\": \"dXNlcj1hCg==\"}}]
```

## Unknown
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /services []
unknown-answer /configs
```

## Limits
Secrets are told by the names of variables and keys, and by the head of a private key.
";

fn judge_plain(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let Some(services) = listed(facts, answer, "/services") else { return };
    let configs = facts.host.answer_list("/configs");
    let mut is_clean = true;
    for service in services {
        let variables = list(service, "/Spec/TaskTemplate/ContainerSpec/Env").iter();
        let variables = variables.filter_map(|it| it.as_str()?.split_once('='));
        for (name, _) in variables.filter(|(name, value)| is_secret(name, value)) {
            is_clean = false;
            let service = text(service, "/Spec/Name");
            let message = format!("the service {service} has a secret in its variable {name}");
            let (setting, source) = (format!("Env.{name}"), format!("services/{service}"));
            answer.fail(answer.swarm(), fault(message, &setting, &source, Vec::new()));
        }
    }
    let absent = "the swarm has no configs";
    let Some(configs) = answer.need(answer.swarm(), configs, absent) else { return };
    for config in configs {
        let data = decoded(text(config, "/Spec/Data"));
        if let Some(key) = secret_in(&data) {
            is_clean = false;
            let name = text(config, "/Spec/Name");
            let message = format!("the config {name} holds a secret ({key}): make it a secret");
            let source = format!("configs/{name}");
            answer.fail(answer.swarm(), fault(message, "Spec.Data", &source, Vec::new()));
        }
    }
    if is_clean {
        let n_services = services.len();
        let evidence =
            vec![format!("{n_services} services and {} configs were looked at", configs.len())];
        answer.pass(answer.swarm(), "no secret lies in plain in services and configs", evidence);
    }
}

/// Names of values that are secrets.
const SECRET_NAMES: [&str; 7] =
    ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "API_KEY", "APIKEY", "PRIVATE_KEY"];

fn is_secret(name: &str, value: &str) -> bool {
    let name = name.to_ascii_uppercase().replace('-', "_");
    let is_pointer = name.ends_with("_FILE") || name.ends_with("_PATH") || value.starts_with('/');
    let is_empty = matches!(value, "" | "true" | "false");
    !is_pointer && !is_empty && SECRET_NAMES.iter().any(|it| name.ends_with(it))
}

/// What in a text is a secret: the name of its key, or the kind of it.
fn secret_in(text: &str) -> Option<String> {
    if text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----") {
        return Some("a private key".to_owned());
    }
    text.lines().find_map(|line| {
        let (name, value) = line.split_once(['=', ':'])?;
        let name = name.trim().trim_matches('"');
        let value = value.trim().trim_end_matches(',').trim_matches(['"', '\'']);
        let is_word = name.bytes().all(|it| it.is_ascii_alphanumeric() || b"_-.".contains(&it));
        (is_word && is_secret(name, value)).then(|| name.to_owned())
    })
}
