//! Who may command the engine, and so is as good as root: members of its group, rules of sudo, and
//! programs with the setuid bit.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_finding::{RuleInfo, Severity};
use plimsoll_host::{FileKind, Group, Host, Known, SudoCommand};

use crate::check::{Answer, Check, Facts, Fault, host_rule};

pub(super) static CHECKS: &[Check] = &[
    Check {
        info: RuleInfo {
            aliases: &["docker-bench:1.1.2"],
            controls: &["host.docker-group"],
            doc: MEMBER,
            file: file!(),
            ..host_rule("untrusted-docker-group-member")
        },
        judge: judge_members,
    },
    Check {
        info: RuleInfo {
            severity: Severity::High,
            controls: &["host.docker-group"],
            doc: SUDO,
            file: file!(),
            ..host_rule("docker-through-sudo")
        },
        judge: judge_sudo,
    },
    Check {
        info: RuleInfo {
            severity: Severity::Critical,
            controls: &["host.docker-group"],
            doc: SETUID,
            file: file!(),
            ..host_rule("setuid-docker")
        },
        judge: judge_setuid,
    },
];

const MEMBER: &str = "Account in the docker group that nobody vouches for.

## Why
Whoever may speak to the engine's socket can start a container with the host's files in it, and so
is root without being asked for a password. Names are compared whole: that `alice` is trusted says
nothing of `al`.

## Fails
```text
text /etc/group docker:x:998:al,alice
file /run/docker.sock root:docker 0660 socket
setting trusted-users alice
```
```text
text /etc/group engine:x:700:bob
file /run/docker.sock root:700 0660 socket
setting trusted-users alice
```
```text
text /etc/group docker:x:998:
text /etc/passwd carol:x:1005:998::/home/carol:/bin/sh
setting trusted-users alice
```

## Passes
```text
text /etc/group docker:x:998:alice
setting trusted-users alice
```
```text
text /etc/group docker:x:998:
```

## Manual
```text
text /etc/group docker:x:998:alice
```

## Unknown
```text
unknown /etc/group
```

## Limits
Members that only a directory service knows are not seen.
";

/// The groups whose members can reach the engine: `docker`, and those that own its socket.
fn engine_groups<'h>(host: &Host<'_>, groups: &'h [Group]) -> Vec<&'h Group> {
    let paths = ["/run/docker.sock", "/var/run/docker.sock"];
    let sockets = paths.iter().filter_map(|it| host.collected.file(it).had().copied());
    let owners: BTreeSet<u32> =
        sockets.filter(|it| it.mode & 0o020 != 0 && it.group != 0).map(|it| it.group).collect();
    groups.iter().filter(|it| it.name == "docker" || owners.contains(&it.gid)).collect()
}

fn judge_members(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let host = facts.host;
    let target = answer.host();
    let groups = host.groups.map(Vec::as_slice);
    let Some(groups) = answer.need(target.clone(), groups, "there are no groups here") else {
        return;
    };
    let mut members = BTreeSet::new();
    let mut evidence = Vec::new();
    let engine_groups = engine_groups(host, groups);
    let mut by_group: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for account in host.accounts.had().into_iter().flatten() {
        by_group.entry(account.gid).or_default().push(&account.name);
    }
    for group in &engine_groups {
        let first = by_group.get(&group.gid);
        let mut names: BTreeSet<&str> = first.into_iter().flatten().copied().collect();
        names.extend(group.members.iter().map(String::as_str));
        let told: Vec<&str> = names.iter().copied().collect();
        evidence.push(format!("group {}: {}", group.name, listed(&told)));
        members.extend(names.into_iter().filter(|it| *it != "root"));
    }
    let accounts = &host.accounts;
    if let Known::Unknown { why, remedy } = accounts {
        answer.unknown(target.clone(), why, remedy);
    }
    if members.is_empty() {
        answer.pass(target, "nobody but root can command the engine through a group", evidence);
        return;
    }
    let told: Vec<&str> = members.iter().copied().collect();
    let Some(trusted) = &facts.settings.trusted_users else {
        let question = format!("are all of these meant to be as good as root: {}?", listed(&told));
        answer.manual(target, question, evidence);
        return;
    };
    let strangers = told.iter().filter(|name| trusted.iter().all(|it| it != *name));
    let strangers: Vec<&str> = strangers.copied().collect();
    if strangers.is_empty() {
        answer.pass(target, "every member is one that the team trusts", evidence);
        return;
    }
    for name in strangers {
        let group = engine_groups.iter().find(|it| it.members.iter().any(|it| it == name));
        answer.fail(
            target.clone(),
            Fault {
                message: format!("{name} can command the engine, and the team does not name it"),
                setting: name.to_owned(),
                source: "/etc/group".to_owned(),
                line: group.or(engine_groups.first()).map(|it| it.line),
                evidence: evidence.clone(),
                ..Fault::default()
            },
        );
    }
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
}

const SUDO: &str = "Rule of sudo that gives the engine away.

## Why
`sudo docker` with any argument of one's choice is root: `docker run -v /:/host` is enough. A rule
that allows it is meant to give less than everything, and gives everything, most of all without a
password.

## Fails
```text
text /etc/sudoers %dev ALL=(root) NOPASSWD: /usr/bin/docker
```
```text
text /etc/sudoers Cmnd_Alias TOOLS = /bin/ls, /usr/bin/docker-compose up
text /etc/sudoers alice ALL = TOOLS
```

## Passes
```text
text /etc/sudoers root ALL=(ALL:ALL) ALL
text /etc/sudoers %sudo ALL=(ALL:ALL) ALL
text /etc/sudoers alice ALL=(root) NOPASSWD: /usr/bin/docker ps, /usr/sbin/service docker restart
text /etc/sudoers bob ALL=(root) !/usr/bin/docker
```

## Unknown
```text
unknown /etc/sudoers
```

## Limits
Who may run everything is an administrator openly and is not told. A command with fixed arguments
that only reads, such as `docker ps`, is let pass.
";

/// Programs that are as good as the engine's socket.
const ENGINE_PROGRAMS: [&str; 9] = [
    "docker",
    "docker-compose",
    "dockerd",
    "podman",
    "nerdctl",
    "ctr",
    "crictl",
    "containerd",
    "runc",
];

/// Subcommands that change nothing and show no secret.
const READING: [&str; 6] = ["ps", "images", "version", "info", "stats", "top"];

fn judge_sudo(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let host = facts.host;
    let target = answer.host();
    let sudo = host.sudo.map(Vec::as_slice);
    let Some(rules) = answer.need(target.clone(), sudo, "there is no sudo here") else { return };
    let mut is_clean = true;
    for rule in rules.iter().filter(|it| it.who.iter().any(|it| it != "root")) {
        for command in rule.commands.iter().filter(|it| gives_engine(it)) {
            is_clean = false;
            let free = if command.is_without_password { ", without a password" } else { "" };
            let who = rule.who.join(", ");
            answer.fail(
                target.clone(),
                Fault {
                    message: format!("{who} may run `{}` as root{free}", command.text),
                    setting: who,
                    source: rule.file.clone(),
                    line: Some(rule.line),
                    ..Fault::default()
                },
            );
        }
    }
    if is_clean {
        let evidence = vec![format!("{} rules of sudo were read", rules.len())];
        answer.pass(target, "no rule of sudo gives the engine away", evidence);
    }
}

fn gives_engine(command: &SudoCommand) -> bool {
    let mut words = command.text.split_ascii_whitespace();
    let program = words.next().unwrap_or_default();
    let name = program.rsplit('/').next().unwrap_or_default();
    let is_fixed = words.clone().all(|it| !it.contains(['*', '?', '[']));
    let is_reading = is_fixed && words.next().is_some_and(|it| READING.contains(&it));
    !command.is_forbidden && ENGINE_PROGRAMS.contains(&name) && !is_reading
}

const SETUID: &str = "Program of the engine with the setuid or setgid bit.

## Why
A `docker` that runs with the rights of root, or of the group that owns the socket, gives the engine
to everybody who may run it.

## Fails
```text
file /usr/bin/docker root:root 4755
```
```text
file /usr/bin/docker root:docker 2755
```

## Passes
```text
file /usr/bin/docker root:root 0755
```

## Unknown
```text
unknown /usr/bin/docker
```

## Not applicable
```text
absent /usr/bin/docker
absent /usr/local/bin/docker
```
";

/// Where the engine's programs lie.
const PROGRAMS: [&str; 12] = [
    "/usr/bin/docker",
    "/usr/local/bin/docker",
    "/usr/bin/dockerd",
    "/usr/sbin/dockerd",
    "/usr/local/bin/dockerd",
    "/usr/bin/docker-compose",
    "/usr/local/bin/docker-compose",
    "/usr/bin/containerd",
    "/usr/bin/ctr",
    "/usr/bin/runc",
    "/usr/sbin/runc",
    "/usr/bin/podman",
];

fn judge_setuid(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let host = facts.host;
    let target = answer.host();
    let mut evidence = Vec::new();
    let mut is_bad = false;
    for path in PROGRAMS {
        // What is not in the snapshot was looked for under its other names.
        if !host.collected.files.contains_key(path) {
            continue;
        }
        let file = host.collected.file(path);
        let Some(file) = file.had().filter(|it| it.kind == FileKind::File) else {
            if let Known::Unknown { why, remedy } = file {
                is_bad = true;
                answer.unknown(target.clone(), &why, &remedy);
            }
            continue;
        };
        let fact = format!("{path} is {}", host.permissions(file));
        if file.mode & 0o6000 == 0 {
            evidence.push(fact);
            continue;
        }
        is_bad = true;
        answer.fail(
            target.clone(),
            Fault {
                message: format!("{path} runs with the rights of its owner or group"),
                setting: "mode".to_owned(),
                source: path.to_owned(),
                evidence: vec![fact],
                ..Fault::default()
            },
        );
    }
    match (is_bad, evidence.is_empty()) {
        (true, _) => {}
        (false, false) => answer.pass(target, "no program of the engine is setuid", evidence),
        (false, true) if PROGRAMS.iter().any(|it| host.collected.files.contains_key(*it)) => {
            answer.not_applicable(target, "none of the engine's programs is where it usually is");
        }
        (false, true) => answer.unknown(
            target,
            "the engine's programs were not collected",
            "take the snapshot on the host itself",
        ),
    }
}
