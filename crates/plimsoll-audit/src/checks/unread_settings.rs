//! Settings that somebody wrote for the daemon, in places that it never reads.

use plimsoll_finding::{Confidence, RuleInfo};
use plimsoll_host::{Host, Known, Unit};

use crate::check::{Answer, Check, Facts, Fault, host_rule};

pub(super) static CHECKS: &[Check] = &[Check {
    info: RuleInfo { doc: UNREAD, file: file!(), ..host_rule("unread-daemon-settings") },
    judge,
}];

const UNREAD: &str = "Settings for the daemon in a place that it never reads.

## Why
Somebody believes that a protection is on, and it is not. Under systemd neither `/etc/default/docker`
nor `DOCKER_OPTS` means anything unless the unit says so, and of `/etc/docker` only `daemon.json` is
read.

## Fails
```text
file /run/systemd/system root:root 0755 folder
text /lib/systemd/system/docker.service [Service]
text /lib/systemd/system/docker.service ExecStart=/usr/bin/dockerd -H fd://
text /etc/default/docker DOCKER_OPTS=\"--icc=false\"
```
```text
text /lib/systemd/system/docker.service [Service]
text /lib/systemd/system/docker.service EnvironmentFile=-/etc/default/docker
text /lib/systemd/system/docker.service ExecStart=/usr/bin/dockerd -H fd://
text /etc/default/docker DOCKER_OPTS=\"--icc=false\"
```
```text
file /etc/docker root:root 0755 folder entries=deamon.json,key.json
```

## Passes
```text
text /lib/systemd/system/docker.service [Service]
text /lib/systemd/system/docker.service EnvironmentFile=-/etc/default/docker
text /lib/systemd/system/docker.service ExecStart=/usr/bin/dockerd -H fd:// $DOCKER_OPTS
text /etc/default/docker # DOCKER_OPTS=\"--dns 8.8.8.8\"
text /etc/default/docker DOCKER_OPTS=\"--icc=false\"
```
```text
absent /run/systemd/system
absent /lib/systemd/system/docker.service
absent /usr/lib/systemd/system/docker.service
absent /usr/local/lib/systemd/system/docker.service
absent /etc/systemd/system/docker.service
absent /run/systemd/system/docker.service
text /etc/default/docker DOCKER_OPTS=\"--icc=false\"
```
```text
file /etc/docker root:root 0755 folder entries=daemon.json,daemon.json.bak,certs.d,key.json
```

## Unknown
```text
unknown /lib/systemd/system/docker.service
text /etc/default/docker DOCKER_OPTS=\"--icc=false\"
```
";

/// Files that the service of a system without systemd reads.
const ENVIRONMENT_FILES: [&str; 3] =
    ["/etc/default/docker", "/etc/sysconfig/docker", "/etc/conf.d/docker"];

/// Files of shells and logins, which no service reads.
const LOGIN_FILES: [&str; 2] = ["/etc/environment", "/etc/profile.d/docker.sh"];

/// Variables that hold options of the daemon by custom only.
const OPTION_VARIABLES: [&str; 4] = ["DOCKER_OPTS", "OPTIONS", "DOCKERD_OPTS", "other_args"];

fn judge(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let host = facts.host;
    for path in ENVIRONMENT_FILES.into_iter().chain(LOGIN_FILES) {
        for (line, name) in options_in(host, path) {
            let reader = match &host.docker_service {
                _ if LOGIN_FILES.contains(&path) => Reader::Nobody,
                Known::Had(unit) => reader_of(unit, path, &name),
                Known::Absent => Reader::Service,
                Known::Unknown { why, remedy } => {
                    answer.unknown(answer.host(), why, remedy);
                    return;
                }
            };
            let message = match reader {
                Reader::Service => continue,
                Reader::Unused => {
                    format!("{path} sets {name}, which the service reads and does not use")
                }
                Reader::Nobody => format!("{path} sets {name}, and no service of systemd reads it"),
            };
            answer.fail(
                answer.host(),
                Fault {
                    message,
                    setting: name,
                    source: path.to_owned(),
                    line: Some(line),
                    ..Fault::default()
                },
            );
        }
    }
    judge_names(host, answer);
}

enum Reader {
    /// The service, and it hands the options on.
    Service,
    /// The service, for nothing.
    Unused,
    Nobody,
}

fn reader_of(unit: &Unit, path: &str, name: &str) -> Reader {
    let is_read = unit
        .values("Service", "EnvironmentFile")
        .any(|it| it.value.split_ascii_whitespace().any(|it| it.trim_start_matches('-') == path));
    let is_used = unit.values("Service", "ExecStart").any(|it| {
        it.value.contains(&format!("${name}")) || it.value.contains(&format!("${{{name}}}"))
    });
    match (is_read, is_used) {
        (true, true) => Reader::Service,
        (true, false) => Reader::Unused,
        (false, _) => Reader::Nobody,
    }
}

/// The variables of a file that hold options of the daemon, with their lines.
fn options_in(host: &Host<'_>, path: &str) -> Vec<(usize, String)> {
    let text = host.collected.text(path);
    let lines = text.had().copied().unwrap_or_default().lines().enumerate();
    let option = |(idx, line): (usize, &str)| {
        let line = line.trim();
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (name, value) = line.split_once('=')?;
        let is_empty = value.trim_matches(['"', '\'', ' ']).is_empty();
        let is_option = OPTION_VARIABLES.contains(&name.trim()) && !is_empty;
        is_option.then(|| (idx + 1, name.trim().to_owned()))
    };
    lines.filter_map(option).collect()
}

/// Names beside `daemon.json` that somebody may have meant for it.
const WRONG_NAMES: [&str; 12] = [
    "deamon.json",
    "daemon.jsn",
    "daemon.jason",
    "daemons.json",
    "docker.json",
    "dockerd.json",
    "daemon.yaml",
    "daemon.yml",
    "daemon.toml",
    "daemon.conf",
    "docker.conf",
    "daemon.json.txt",
];

fn judge_names(host: &Host<'_>, answer: &mut Answer<'_>) {
    let folder = host.collected.file("/etc/docker");
    let names = folder.had().and_then(|it| it.entries.had());
    let config = host.daemon_option("config-file").unwrap_or_default();
    for name in names.into_iter().flatten() {
        let path = format!("/etc/docker/{name}");
        let lower = name.to_ascii_lowercase();
        let is_wrong = WRONG_NAMES.contains(&lower.as_str())
            || lower == "daemon.json" && name != "daemon.json";
        if is_wrong && config != path {
            answer.fail(
                answer.host(),
                Fault {
                    message: format!("{path} is not read: the daemon's file is daemon.json"),
                    setting: "config-file".to_owned(),
                    source: path,
                    confidence: Some(Confidence::Medium),
                    ..Fault::default()
                },
            );
        }
    }
}
