//! What the first process of each container really has, by the kernel: a container that claims to
//! be hardened is believed only as far as its process is.
//!
//! Where engine and kernel agree that something is amiss, the rules over services have told it, and
//! only the outcome is given here. A finding says that a container has more than its settings say.

use plimsoll_finding::{RuleInfo, Severity};
use plimsoll_host::ProcessFacts;

use crate::{
    check::{Answer, Check, Facts, Fault, host_rule},
    container::Container,
    value::{is_true, text, texts},
};

pub(super) static CHECKS: &[Check] = &[
    Check {
        info: RuleInfo {
            severity: Severity::High,
            controls: &["image.user"],
            doc: ROOT,
            file: file!(),
            ..host_rule("hidden-root-process")
        },
        judge: |facts, answer| each_process(facts, answer, judge_user),
    },
    Check {
        info: RuleInfo {
            severity: Severity::High,
            controls: &["runtime.capabilities"],
            doc: CAPABILITIES,
            file: file!(),
            ..host_rule("hidden-capabilities")
        },
        judge: |facts, answer| each_process(facts, answer, judge_capabilities),
    },
    Check {
        info: RuleInfo {
            severity: Severity::High,
            controls: &["runtime.seccomp-on"],
            doc: SECCOMP,
            file: file!(),
            ..host_rule("hidden-seccomp-off")
        },
        judge: |facts, answer| each_process(facts, answer, judge_seccomp),
    },
    Check {
        info: RuleInfo {
            severity: Severity::Medium,
            controls: &["runtime.no-new-privileges"],
            doc: NEW_PRIVILEGES,
            file: file!(),
            ..host_rule("hidden-new-privileges")
        },
        judge: |facts, answer| each_process(facts, answer, judge_new_privileges),
    },
    Check {
        info: RuleInfo {
            aliases: &["docker-bench:5.7"],
            severity: Severity::Medium,
            controls: &["runtime.no-sshd"],
            doc: SSHD,
            file: file!(),
            ..host_rule("ssh-server-in-container")
        },
        judge: judge_sshd,
    },
];

/// What comes of looking at one process.
enum Found {
    Good(String),
    /// As bad as its settings say.
    AsTold(String),
    /// Worse than its settings say: what, and which setting.
    Worse(String, &'static str),
    NotKnown(&'static str),
}

fn each_process(
    facts: &Facts<'_>,
    answer: &mut Answer<'_>,
    judge: fn(&Container<'_>, &ProcessFacts) -> Found,
) {
    let containers = facts.containers.map(Vec::as_slice);
    let Some(containers) = answer.need(answer.host(), containers, "there is no engine") else {
        return;
    };
    if containers.is_empty() {
        answer.not_applicable(answer.host(), "there are no containers");
    }
    for container in containers {
        let target = container.target();
        if !container.is_running() {
            answer.not_applicable(target, "it does not run, so there is no process to look at");
            continue;
        }
        let process = container.process(facts.host);
        let absent = "the engine names no process";
        let Some(process) = answer.need(target.clone(), process, absent) else { continue };
        let evidence =
            |what: &str| vec![format!("process {} ({}): {what}", process.pid, process.name)];
        match judge(container, process) {
            Found::Good(what) => answer.pass(target, what.clone(), evidence(&what)),
            Found::AsTold(what) => answer.fail_as_told(target, what.clone(), evidence(&what)),
            Found::NotKnown(why) => {
                answer.unknown(target, why, "take the snapshot on a kernel that tells it");
            }
            Found::Worse(what, setting) => {
                let evidence = evidence(&what);
                let message = format!("{what}, though its settings say otherwise");
                let (setting, source) = (setting.to_owned(), container.source());
                let fault = Fault { message, setting, source, evidence, ..Fault::default() };
                answer.fail(target, fault);
            }
        }
    }
}

const ROOT: &str = "Container that is said not to run as root and does.

## Why
An image or a compose file can name a user, and the process can yet be root: through a setuid
program, or a runtime that does as it likes. What counts is the number that the kernel has.

## Fails
```text
answer /containers/aa/json {\"Name\": \"/web\", \"Config\": {\"User\": \"app\"}, \"State\": {\"Running\": true, \"Pid\": 41}}
process 41 web
of 41 uid=0
```
```text
answer /containers/aa/json {\"Name\": \"/web\", \"Config\": {\"User\": \"\"}, \"State\": {\"Running\": true, \"Pid\": 41}}
process 41 web
of 41 uid=0
```

## Passes
```text
answer /containers/aa/json {\"Name\": \"/web\", \"Config\": {\"User\": \"app\"}, \"State\": {\"Running\": true, \"Pid\": 41}}
process 41 web
of 41 uid=1001
```
```text
answer /containers/aa/json {\"Name\": \"/web\", \"Config\": {\"User\": \"\"}, \"State\": {\"Running\": true, \"Pid\": 41}}
process 41 web
of 41 uid=100000 map=0-100000-65536
```

## Unknown
```text
answer /containers/aa/json {\"Name\": \"/web\", \"State\": {\"Running\": true, \"Pid\": 41}}
```
```text
answer /containers/aa/json {\"Name\": \"/web\", \"State\": {\"Running\": true, \"Pid\": 41}}
process 7 other
```

## Not applicable
```text
answer /containers/aa/json {\"Name\": \"/web\", \"State\": {\"Running\": false, \"Pid\": 0}}
```
";

fn judge_user(container: &Container<'_>, process: &ProcessFacts) -> Found {
    let ids = process.user;
    // Any of them gives root back.
    if ![ids.real, ids.effective, ids.saved].contains(&0) {
        return Found::Good(format!("its process runs as user {} of the host", ids.effective));
    }
    let user = text(container.inspect, "/Config/User");
    let user = user.split(':').next().unwrap_or_default();
    let is_number_of_root = user.bytes().all(|it| it == b'0');
    let what = "its process is root on the host".to_owned();
    if is_number_of_root || user == "root" {
        Found::AsTold(what)
    } else {
        Found::Worse(what, "Config.User")
    }
}

const CAPABILITIES: &str = "Container whose process has capabilities that its settings do not give.

## Why
Capabilities are the pieces of root's power. The engine's settings say which ones a container is
given; the kernel says which ones it has.

## Fails
```text
answer /containers/aa/json {\"Name\": \"/web\", \"HostConfig\": {}, \"State\": {\"Running\": true, \"Pid\": 41}}
process 41 web
of 41 caps=a82425fb
```
```text
answer /containers/aa/json {\"Name\": \"/web\", \"HostConfig\": {\"CapDrop\": [\"ALL\"]}, \"State\": {\"Running\": true, \"Pid\": 41}}
process 41 web
of 41 caps=1
```

## Passes
```text
answer /containers/aa/json {\"Name\": \"/web\", \"HostConfig\": {}, \"State\": {\"Running\": true, \"Pid\": 41}}
process 41 web
of 41 caps=a80425fb
```

## Unknown
```text
answer /containers/aa/json {\"Name\": \"/web\", \"State\": {\"Running\": true, \"Pid\": 41}}
```
";

/// Every capability of Linux by its bit.
const NAMES: [&str; 41] = [
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "KILL",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
    "MAC_OVERRIDE",
    "MAC_ADMIN",
    "SYSLOG",
    "WAKE_ALARM",
    "BLOCK_SUSPEND",
    "AUDIT_READ",
    "PERFMON",
    "BPF",
    "CHECKPOINT_RESTORE",
];

/// What the engine gives a container that asks for nothing.
const DEFAULT: u64 = 0xa804_25fb;

fn judge_capabilities(container: &Container<'_>, process: &ProcessFacts) -> Found {
    let inspect = container.inspect;
    let has = process.effective_capabilities;
    let is_all = |list: &str| texts(inspect, list).any(|it| it.eq_ignore_ascii_case("ALL"));
    let bits = |list: &str| texts(inspect, list).filter_map(bit).fold(0, |all, it| all | it);
    let (add, drop) = ("/HostConfig/CapAdd", "/HostConfig/CapDrop");
    let is_privileged = is_true(inspect, "/HostConfig/Privileged");
    let base = match (is_privileged || is_all(add), is_all(drop)) {
        (true, _) => u64::MAX,
        (false, true) => 0,
        (false, false) => DEFAULT,
    };
    let given = if is_privileged { u64::MAX } else { base & !bits(drop) | bits(add) };
    let extra = has & !given;
    if extra != 0 {
        let what = format!("its process has {} besides what it is given", named(extra));
        return Found::Worse(what, "HostConfig.CapAdd");
    }
    match has & !DEFAULT {
        0 => Found::Good("its process has no capability beyond the usual ones".to_owned()),
        more => Found::AsTold(format!("its process has {}", named(more))),
    }
}

fn bit(name: &str) -> Option<u64> {
    let name = name.to_ascii_uppercase();
    let name = name.strip_prefix("CAP_").unwrap_or(&name);
    NAMES.iter().position(|it| *it == name).map(|it| 1 << it)
}

fn named(bits: u64) -> String {
    let names = NAMES.iter().enumerate().filter(|it| bits & (1 << it.0) != 0).map(|it| *it.1);
    let names: Vec<&str> = names.collect();
    match names.len() {
        0 => "capabilities that have no name yet".to_owned(),
        1..=5 => names.join(", "),
        n => format!("{} and {} more", names[..5].join(", "), n - 5),
    }
}

const SECCOMP: &str = "Container whose process runs without the seccomp filter it should have.

## Why
The filter keeps a process from the parts of the kernel that break-outs use. The engine may say that
it is on and leave it out: on a kernel without seccomp, or under another runtime.

## Fails
```text
answer /containers/aa/json {\"Name\": \"/web\", \"HostConfig\": {}, \"State\": {\"Running\": true, \"Pid\": 41}}
process 41 web
of 41 seccomp=0
```
```text
answer /containers/aa/json {\"Name\": \"/web\", \"HostConfig\": {\"SecurityOpt\": [\"seccomp=unconfined\"]}, \"State\": {\"Running\": true, \"Pid\": 41}}
process 41 web
of 41 seccomp=0
```

## Passes
```text
answer /containers/aa/json {\"Name\": \"/web\", \"HostConfig\": {}, \"State\": {\"Running\": true, \"Pid\": 41}}
process 41 web
of 41 seccomp=2
```

## Unknown
```text
answer /containers/aa/json {\"Name\": \"/web\", \"State\": {\"Running\": true, \"Pid\": 41}}
process 41 web
of 41 seccomp=none
```

## Limits
What a filter lets through is not seen in the process; the rules over services judge the profile.
";

fn judge_seccomp(container: &Container<'_>, process: &ProcessFacts) -> Found {
    match process.seccomp {
        None => Found::NotKnown("the kernel does not say whether a seccomp filter is on"),
        Some(0) => {
            let what = "its process runs without a seccomp filter".to_owned();
            let is_off = |it: &str| it.trim_start_matches("seccomp").get(1..) == Some("unconfined");
            let options = "/HostConfig/SecurityOpt";
            let is_told = is_true(container.inspect, "/HostConfig/Privileged")
                || texts(container.inspect, options)
                    .any(|it| it.starts_with("seccomp") && is_off(it));
            if is_told { Found::AsTold(what) } else { Found::Worse(what, "HostConfig.SecurityOpt") }
        }
        Some(_) => Found::Good("its process runs under a seccomp filter".to_owned()),
    }
}

const NEW_PRIVILEGES: &str = "Container whose process may gain privileges that its settings forbid.

## Why
`no-new-privileges` makes setuid programs harmless. Whether it holds, the kernel says for each
process.

## Fails
```text
answer /containers/aa/json {\"Name\": \"/web\", \"HostConfig\": {\"SecurityOpt\": [\"no-new-privileges\"]}, \"State\": {\"Running\": true, \"Pid\": 41}}
process 41 web
of 41 no-new-privileges=0
```
```text
answer /containers/aa/json {\"Name\": \"/web\", \"HostConfig\": {\"SecurityOpt\": [\"no-new-privileges=false\"]}, \"State\": {\"Running\": true, \"Pid\": 41}}
process 41 web
of 41 no-new-privileges=0
```

## Passes
```text
answer /containers/aa/json {\"Name\": \"/web\", \"HostConfig\": {}, \"State\": {\"Running\": true, \"Pid\": 41}}
process 41 web
of 41 no-new-privileges=1
```

## Unknown
```text
unknown-answer /containers/aa/json
```
";

fn judge_new_privileges(container: &Container<'_>, process: &ProcessFacts) -> Found {
    match process.no_new_privileges {
        None => Found::NotKnown("the kernel does not say whether privileges can be gained"),
        Some(true) => {
            Found::Good("the kernel keeps its process from gaining privileges".to_owned())
        }
        Some(false) => {
            let is_on = |it: &str| {
                let value = it.strip_prefix("no-new-privileges").unwrap_or("=false");
                matches!(value, "" | "=true" | ":true" | "=1" | ":1")
            };
            let what = "its process may gain privileges".to_owned();
            if texts(container.inspect, "/HostConfig/SecurityOpt").any(is_on) {
                Found::Worse(what, "HostConfig.SecurityOpt")
            } else {
                Found::AsTold(what)
            }
        }
    }
}

const SSHD: &str = "SSH server in a container.

## Why
It opens a second way in, with keys and accounts of its own that nobody rotates and a log that nobody
reads. `docker exec` and the host's own SSH do the same with one set of accounts. Only processes of
the container's own process namespace count: one that shares the host's is not blamed for the
host's server.

## Fails
```text
answer /containers/aa/json {\"Name\": \"/web\", \"State\": {\"Running\": true, \"Pid\": 41}}
process 41 sh
of 41 pid=77
process 42 sshd
of 42 pid=77 parent=41
```

## Passes
```text
answer /containers/aa/json {\"Name\": \"/web\", \"State\": {\"Running\": true, \"Pid\": 41}, \"HostConfig\": {\"PidMode\": \"host\"}}
process 1 systemd
of 1 pid=1
process 41 nginx
of 41 pid=1
process 42 sshd
of 42 pid=1
```
```text
answer /containers/aa/json {\"Name\": \"/web\", \"State\": {\"Running\": true, \"Pid\": 41}}
process 41 nginx
of 41 pid=77
```

## Unknown
```text
answer /containers/aa/json {\"Name\": \"/web\", \"State\": {\"Running\": true, \"Pid\": 41}}
```
";

/// Programs that are SSH servers.
const SERVERS: [&str; 3] = ["sshd", "dropbear", "sshd-session"];

fn judge_sshd(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let containers = facts.containers.map(Vec::as_slice);
    let Some(containers) = answer.need(answer.host(), containers, "there is no engine") else {
        return;
    };
    if containers.is_empty() {
        answer.not_applicable(answer.host(), "there are no containers");
    }
    let processes = facts.host.processes();
    let processes = processes.had().copied().unwrap_or_default();
    let hosts = processes.iter().find(|it| it.pid == 1 || it.name == "dockerd").and_then(space);
    for container in containers {
        let target = container.target();
        if !container.is_running() {
            answer.not_applicable(target, "it does not run, so no server runs in it");
            continue;
        }
        let first = container.process(facts.host);
        let absent = "the engine names no process";
        let Some(first) = answer.need(target.clone(), first, absent) else { continue };
        let is_inside = |it: &&ProcessFacts| it.pid == first.pid || is_beside(first, it, hosts);
        let inside: Vec<&ProcessFacts> = processes.iter().filter(is_inside).collect();
        let server = inside.iter().find(|it| SERVERS.contains(&it.name.as_str()));
        let evidence = vec![format!("{} processes were seen in it", inside.len())];
        match server {
            None => answer.pass(target, "no SSH server runs in it", evidence),
            Some(server) => answer.fail(
                target,
                Fault {
                    message: format!("{} runs in it as process {}", server.name, server.pid),
                    setting: "State.Pid".to_owned(),
                    source: container.source(),
                    evidence,
                    ..Fault::default()
                },
            ),
        }
    }
}

/// The number of the process namespace.
fn space(process: &ProcessFacts) -> Option<u64> {
    process.namespaces.had()?.get("pid").copied()
}

/// Whether `other` is in the container of `first`: the same process namespace, which is not the
/// host's, or a child.
fn is_beside(first: &ProcessFacts, other: &ProcessFacts, hosts: Option<u64>) -> bool {
    let is_own = space(first).is_some() && space(first) != hosts;
    is_own && space(other) == space(first) || other.parent == first.pid
}

#[cfg(test)]
mod tests {
    use super::{DEFAULT, bit};

    #[test]
    fn the_usual_capabilities_are_those_that_are_documented() {
        let names = [
            "CHOWN",
            "DAC_OVERRIDE",
            "FSETID",
            "FOWNER",
            "MKNOD",
            "NET_RAW",
            "SETGID",
            "SETUID",
            "SETFCAP",
            "SETPCAP",
            "NET_BIND_SERVICE",
            "SYS_CHROOT",
            "KILL",
            "CAP_AUDIT_WRITE",
        ];
        assert_eq!(names.into_iter().filter_map(bit).fold(0, |all, it| all | it), DEFAULT);
    }
}
