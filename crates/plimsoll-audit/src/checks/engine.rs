//! What the engine says of itself in `/info`, and settings do not decide.

use plimsoll_finding::{Audience, RuleInfo, Severity};
use plimsoll_host::Known;
use serde_json::Value;

use crate::{
    check::{Answer, Check, Facts, Fault, host_rule},
    value::{number, text, texts},
};

pub(super) static CHECKS: &[Check] = &[
    Check {
        info: RuleInfo {
            aliases: &["docker-bench:2.1"],
            audience: Audience::Hygiene,
            controls: &["daemon.rootless"],
            doc: ROOTLESS,
            file: file!(),
            ..host_rule("rootful-daemon")
        },
        judge: judge_rootless,
    },
    Check {
        info: RuleInfo {
            aliases: &["docker-bench:2.6"],
            severity: Severity::Low,
            controls: &["daemon.aufs"],
            doc: AUFS,
            file: file!(),
            ..host_rule("aufs-in-use")
        },
        judge: |facts, answer| judge_driver("aufs", facts, answer),
    },
    Check {
        info: RuleInfo {
            severity: Severity::Low,
            controls: &["daemon.devicemapper"],
            doc: DEVICE_MAPPER,
            file: file!(),
            ..host_rule("devicemapper-in-use")
        },
        judge: |facts, answer| judge_driver("devicemapper", facts, answer),
    },
    Check {
        info: RuleInfo {
            aliases: &["docker-bench:5.1"],
            severity: Severity::Low,
            controls: &["runtime.swarm-off"],
            doc: SWARM,
            file: file!(),
            ..host_rule("idle-swarm")
        },
        judge: judge_swarm,
    },
];

const ROOTLESS: &str = "Daemon that runs as root.

## Why
Whoever breaks out of a container, or speaks to the socket, is then who the daemon is. A daemon in
the account of a user gives that user's rights at most. Rootless mode costs some features: network
speed, ports below 1024, some storage drivers; where the work permits, it is the strongest step.

## Fails
```text
answer /info {\"SecurityOptions\": [\"name=seccomp,profile=default\"], \"Driver\": \"overlay2\"}
```

## Passes
```text
answer /info {\"SecurityOptions\": [\"name=seccomp,profile=builtin\", \"name=rootless\"]}
```

## Unknown
```text
unknown-answer /info
```
```text
answer /info {}
```

## Not applicable
```text
absent-answer /info
```
";

fn info<'h>(facts: &Facts<'h>, answer: &mut Answer<'_>) -> Option<&'h Value> {
    answer.need(answer.daemon(), facts.host.answer("/info"), "there is no engine")
}

/// A fault of a setting that `/info` tells.
fn fault(message: String, setting: &str, evidence: Vec<String>) -> Fault {
    let (setting, source) = (setting.to_owned(), "info".to_owned());
    Fault { message, setting, source, evidence, ..Fault::default() }
}

/// Says that `/info` lacks a field that every engine of these days gives.
fn missing(field: &str, answer: &mut Answer<'_>) {
    let why = format!("the engine does not tell its {field}");
    answer.unknown(answer.daemon(), &why, "ask an engine of version 20.10 or newer");
}

fn judge_rootless(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let Some(info) = info(facts, answer) else { return };
    if info.get("SecurityOptions").is_none_or(|it| !it.is_array()) {
        return missing("SecurityOptions", answer);
    }
    let options: Vec<&str> = texts(info, "/SecurityOptions").collect();
    let evidence = vec![format!("SecurityOptions: {}", options.join("; "))];
    if options.iter().any(|it| it.split(',').any(|it| it == "name=rootless")) {
        return answer.pass(answer.daemon(), "the daemon runs in rootless mode", evidence);
    }
    let message = "the daemon runs as root: see whether the work permits rootless mode".to_owned();
    answer.fail(answer.daemon(), fault(message, "SecurityOptions", evidence));
}

const AUFS: &str = "Storage driver aufs.

## Why
It never was part of the kernel, is not kept up, and was taken out of the engine in version 24. Move
to `overlay2`.

## Fails
```text
answer /info {\"Driver\": \"aufs\"}
```

## Passes
```text
answer /info {\"Driver\": \"overlay2\"}
```

## Unknown
```text
answer /info {}
```
";

const DEVICE_MAPPER: &str = "Storage driver devicemapper.

## Why
It is slow, its usual set-up on loop devices loses data, and it was taken out of the engine in
version 25. Move to `overlay2`.

## Fails
```text
answer /info {\"Driver\": \"devicemapper\"}
```

## Passes
```text
answer /info {\"Driver\": \"overlayfs\"}
```

## Unknown
```text
unknown-answer /info
```
";

fn judge_driver(bad: &str, facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let Some(info) = info(facts, answer) else { return };
    let driver = text(info, "/Driver");
    let evidence = vec![format!("Driver: {driver}")];
    match driver {
        "" => missing("Driver", answer),
        it if it == bad => {
            let message = format!("the storage driver is {bad}, which is no longer kept up");
            answer.fail(answer.daemon(), fault(message, "Driver", evidence));
        }
        it => answer.pass(answer.daemon(), format!("the storage driver is {it}"), evidence),
    }
}

const SWARM: &str = "Swarm mode that nothing uses.

## Why
A swarm opens ports between machines, keeps keys, and gives its managers the word over every node.
Where no service runs, that is risk for nothing: leave the swarm.

## Fails
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /services []
```
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /services [{\"ID\": \"a\"}]
setting swarm no
```

## Passes
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"inactive\"}}
```
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /services [{\"ID\": \"a\"}]
```
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\"}}
setting swarm yes
```

## Manual
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": false}}
```

## Unknown
```text
answer /info {\"ID\": \"x\"}
```
```text
answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
unknown-answer /services
```
";

fn judge_swarm(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let Some(info) = info(facts, answer) else { return };
    let daemon = answer.daemon();
    let state = text(info, "/Swarm/LocalNodeState");
    let mut evidence = vec![format!("Swarm.LocalNodeState: {state}")];
    match (state, facts.settings.swarm) {
        ("", _) => return missing("Swarm.LocalNodeState", answer),
        ("inactive", _) => return answer.pass(daemon, "swarm mode is off", evidence),
        (_, Some(true)) => {
            return answer.pass(daemon, "swarm mode is on, and the team means it to be", evidence);
        }
        (_, Some(false)) => {
            let message = "swarm mode is on, and the team means it to be off".to_owned();
            return answer.fail(daemon, fault(message, "Swarm.LocalNodeState", evidence));
        }
        _ => {}
    }
    if !crate::value::is_true(info, "/Swarm/ControlAvailable") {
        let nodes = number(info, "/Swarm/Nodes").unwrap_or_default();
        evidence.push(format!("Swarm.Nodes: {nodes}"));
        let question = "this host works for a swarm that others manage: is it meant to?";
        return answer.manual(daemon, question, evidence);
    }
    match facts.host.answer_list("/services") {
        Known::Unknown { why, remedy } => answer.unknown(daemon, &why, &remedy),
        Known::Had(services) if !services.is_empty() => {
            evidence.push(format!("{} services", services.len()));
            answer.pass(daemon, "swarm mode is on and in use", evidence);
        }
        Known::Had(_) | Known::Absent => {
            let message = "swarm mode is on, and no service uses it: leave the swarm".to_owned();
            answer.fail(daemon, fault(message, "Swarm.LocalNodeState", evidence));
        }
    }
}
