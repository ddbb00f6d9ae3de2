//! What the kernel's audit watches: one table.
//!
//! The kernel's own list is judged where it is known, else the files that are loaded at start; the
//! evidence says which. A watch on a folder covers what is below it, and a path is the same under
//! every name that links give it.

use std::collections::BTreeSet;

use plimsoll_finding::{RuleInfo, Severity};
use plimsoll_host::{Host, Known, Watch, unit_files};

use crate::check::{Answer, Check, Facts, Fault, host_rule};

/// What is to be watched.
struct Subject {
    /// Where it may be.
    paths: &'static [&'static str],
    /// The unit whose files are meant, and the program of which process.
    unit: Option<&'static str>,
    /// The name of the process whose program is meant.
    process: Option<&'static str>,
    /// One of these letters must be among the recorded accesses.
    accesses: &'static str,
}

const FILE: Subject = Subject { paths: &[], unit: None, process: None, accesses: "wa" };
const PROGRAM: Subject = Subject { accesses: "wax", ..FILE };

impl Subject {
    /// Those that are there; not known if one may be, and none is known to be.
    fn present(&self, host: &Host<'_>) -> Known<Vec<String>> {
        let mut paths: Vec<String> = self.paths.iter().map(|it| (*it).to_owned()).collect();
        if let Some(unit) = self.unit {
            let files = unit_files(host.collected, unit);
            paths.extend(files.into_iter().filter(|it| !it.contains(".d/")).map(str::to_owned));
        }
        if let Some(name) = self.process {
            let processes = host.processes();
            let running = processes.had().into_iter().copied().flatten();
            let running = running.filter(|it| it.name == name);
            paths.extend(running.filter_map(|it| it.program.had().cloned()));
        }
        paths.sort();
        paths.dedup();
        let mut res: Vec<String> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut unknown = None;
        for path in paths {
            match host.collected.file(&path) {
                // Of several names of one file the first will do.
                Known::Had(_) => {
                    let names = host.same_paths(&path);
                    if names.is_disjoint(&seen) {
                        res.push(path);
                    }
                    seen.extend(names);
                }
                Known::Absent => {}
                Known::Unknown { why, remedy } => unknown = Some((why, remedy)),
            }
        }
        match unknown {
            Some((why, remedy)) if res.is_empty() => Known::unknown(why, remedy),
            _ if res.is_empty() => Known::Absent,
            _ => Known::Had(res),
        }
    }
}

fn judge(subject: &Subject, facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let host = facts.host;
    let present = subject.present(host);
    let absent = "there is no such file on this host";
    let Some(paths) = answer.need(answer.host(), present, absent) else { return };
    let (watches, source, from) = match (&host.kernel_watches, &host.file_watches) {
        (Known::Had(it), _) => (it.as_slice(), "auditctl -l", "the kernel's list of audit rules"),
        (_, Known::Had(it)) => {
            (it.as_slice(), "/etc/audit/rules.d", "the files of audit rules, for want of its list")
        }
        (Known::Unknown { why, remedy }, _) | (_, Known::Unknown { why, remedy }) => {
            answer.unknown(answer.host(), why, remedy);
            return;
        }
        (Known::Absent, Known::Absent) => {
            (&[][..], "/etc/audit/rules.d", "the host: it has neither auditctl nor audit rules")
        }
    };
    let mut evidence = vec![format!("judged by {from}")];
    for path in paths {
        let names = host.same_paths(&path);
        match rule_for(host, watches, &names, subject.accesses) {
            Ok(rule) => evidence.push(format!("{path} is watched by `{}`", rule.text)),
            Err(near) => {
                evidence.extend(near);
                let message = format!("no audit rule records what is done to {path}");
                let setting = path;
                let source = source.to_owned();
                answer.fail(
                    answer.host(),
                    Fault { message, setting, source, evidence, ..Fault::default() },
                );
                return;
            }
        }
    }
    answer.pass(answer.host(), "an audit rule watches it", evidence);
}

/// The rule that watches a file under one of its names; else why those that come near do not.
fn rule_for<'w>(
    host: &Host<'_>,
    watches: &'w [Watch],
    names: &BTreeSet<String>,
    accesses: &str,
) -> Result<&'w Watch, Vec<String>> {
    let mut near = Vec::new();
    for watch in watches {
        let paths = host.same_paths(&watch.path);
        let covers = |path: &String| {
            let watch = Watch { path: path.clone(), ..watch.clone() };
            names.iter().any(|it| watch.covers(it))
        };
        if !paths.iter().any(covers) {
            continue;
        }
        let is_recorded = watch.accesses.chars().any(|it| accesses.contains(it));
        match (watch.is_exception, watch.is_narrow, is_recorded) {
            // What stands before it holds; what stands after it is never reached.
            (true, ..) => {
                near.push(format!("`{}` says that nothing is recorded", watch.text));
                return Err(near);
            }
            (false, false, true) => return Ok(watch),
            (false, true, _) => near.push(format!("`{}` records some cases only", watch.text)),
            (false, false, false) => {
                near.push(format!("`{}` does not record changes", watch.text));
            }
        }
    }
    Err(near)
}

/// A check of one watch: id, number at docker-bench, end of the control's key, what it is, an
/// example path, and what is watched.
macro_rules! watch {
    ($id:literal, $number:literal, $key:literal, $what:literal, $path:literal, $kind:literal,
     $subject:expr) => {
        Check {
            info: RuleInfo {
                aliases: &[concat!("docker-bench:", $number)],
                severity: Severity::Low,
                controls: &[concat!("host.audit.", $key)],
                doc: concat!(
                    $what,
                    " that the audit does not watch.\n\n## Why\nWho takes over a host ",
                    "changes what the engine runs, reads or listens on. Without a watch nobody ",
                    "can tell afterwards who did what.\n\n",
                    "## Fails\n```text\nfile ",
                    $path,
                    " root:root 0600",
                    $kind,
                    "\noutput auditctl -l | No rules\n```\n```text\nfile ",
                    $path,
                    " root:root 0600",
                    $kind,
                    "\noutput auditctl -l | -w ",
                    $path,
                    "x -p rwxa\noutput auditctl -l | -w ",
                    $path,
                    " -p r -k k\n```\n",
                    "```text\nfile ",
                    $path,
                    " root:root 0600",
                    $kind,
                    "\nabsent-output auditctl -l\nabsent /etc/audit/audit.rules\n",
                    "absent /etc/audit/rules.d\n```\n\n",
                    "## Passes\n```text\nfile ",
                    $path,
                    " root:root 0600",
                    $kind,
                    "\noutput auditctl -l | -w ",
                    $path,
                    " -p wa -k docker\n```\n```text\nfile ",
                    $path,
                    " root:root 0600",
                    $kind,
                    "\ntext /etc/audit/rules.d/d.rules ",
                    "-a always,exit -F path=",
                    $path,
                    " -F perm=wa -k docker\n",
                    "absent /etc/audit/audit.rules\n```\n\n",
                    "## Unknown\n```text\nfile ",
                    $path,
                    " root:root 0600",
                    $kind,
                    "\nunknown /etc/audit/audit.rules\n```\n\n",
                    "## Not applicable\n```text\nnothing\noutput auditctl -l | No rules\n```\n\n",
                    "## Limits\nRules about system calls alone are not taken for a watch. From ",
                    "files, what holds after the next start is judged.\n",
                ),
                file: file!(),
                ..host_rule($id)
            },
            judge: |facts, answer| judge(&$subject, facts, answer),
        }
    };
}

#[rustfmt::skip]
pub(super) static CHECKS: &[Check] = &[
    watch!("unwatched-dockerd", "1.1.3", "dockerd", "Program of the daemon", "/usr/bin/dockerd", "",
        Subject { paths: &["/usr/bin/dockerd", "/usr/sbin/dockerd", "/usr/local/bin/dockerd"], process: Some("dockerd"), ..PROGRAM }),
    watch!("unwatched-run-containerd", "1.1.4", "run-containerd", "Folder of containerd's state", "/run/containerd", " folder",
        Subject { paths: &["/run/containerd"], ..FILE }),
    watch!("unwatched-data-root", "1.1.5", "var-lib-docker", "Folder of the engine's data", "/var/lib/docker", " folder",
        Subject { paths: &["/var/lib/docker"], ..FILE }),
    watch!("unwatched-etc-docker", "1.1.6", "etc-docker", "Folder of the engine's settings", "/etc/docker", " folder",
        Subject { paths: &["/etc/docker"], ..FILE }),
    watch!("unwatched-docker-service", "1.1.7", "docker-service", "Service unit of the engine", "/lib/systemd/system/docker.service", "",
        Subject { unit: Some("docker.service"), ..FILE }),
    watch!("unwatched-containerd-socket", "1.1.8", "containerd-sock", "Socket of containerd", "/run/containerd/containerd.sock", " socket",
        Subject { paths: &["/run/containerd/containerd.sock"], ..FILE }),
    watch!("unwatched-docker-socket", "1.1.9", "docker-sock", "Socket of the engine", "/run/docker.sock", " socket",
        Subject { paths: &["/run/docker.sock", "/var/run/docker.sock"], ..FILE }),
    watch!("unwatched-default-docker", "1.1.10", "etc-default-docker", "/etc/default/docker", "/etc/default/docker", "",
        Subject { paths: &["/etc/default/docker"], ..FILE }),
    watch!("unwatched-daemon-json", "1.1.11", "daemon-json", "daemon.json", "/etc/docker/daemon.json", "",
        Subject { paths: &["/etc/docker/daemon.json"], ..FILE }),
    watch!("unwatched-containerd-config", "1.1.12", "containerd-config", "Settings of containerd", "/etc/containerd/config.toml", "",
        Subject { paths: &["/etc/containerd/config.toml"], ..FILE }),
    watch!("unwatched-sysconfig-docker", "1.1.13", "etc-sysconfig-docker", "/etc/sysconfig/docker", "/etc/sysconfig/docker", "",
        Subject { paths: &["/etc/sysconfig/docker"], ..FILE }),
    watch!("unwatched-containerd", "1.1.14", "bin-containerd", "Program of containerd", "/usr/bin/containerd", "",
        Subject { paths: &["/usr/bin/containerd", "/usr/local/bin/containerd"], process: Some("containerd"), ..PROGRAM }),
    watch!("unwatched-containerd-shim", "1.1.15", "bin-shim", "Program containerd-shim", "/usr/bin/containerd-shim", "",
        Subject { paths: &["/usr/bin/containerd-shim"], ..PROGRAM }),
    watch!("unwatched-containerd-shim-v1", "1.1.16", "bin-shim-v1", "Program containerd-shim-runc-v1", "/usr/bin/containerd-shim-runc-v1", "",
        Subject { paths: &["/usr/bin/containerd-shim-runc-v1"], ..PROGRAM }),
    watch!("unwatched-containerd-shim-v2", "1.1.17", "bin-shim-v2", "Program containerd-shim-runc-v2", "/usr/bin/containerd-shim-runc-v2", "",
        Subject { paths: &["/usr/bin/containerd-shim-runc-v2", "/usr/local/bin/containerd-shim-runc-v2"], ..PROGRAM }),
    watch!("unwatched-runc", "1.1.18", "bin-runc", "Program runc", "/usr/bin/runc", "",
        Subject { paths: &["/usr/bin/runc", "/usr/sbin/runc", "/usr/local/bin/runc"], ..PROGRAM }),
];
