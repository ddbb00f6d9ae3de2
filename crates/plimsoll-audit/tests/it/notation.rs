//! A snapshot in a few lines of text, for the examples in the docs of checks.
//!
//! - `file PATH USER:GROUP MODE [folder|socket] [-> LINK]`, `text PATH LINE`, `absent PATH`,
//!   `unknown PATH`
//! - `answer PATH JSON`, `unknown-answer PATH`, `absent-answer PATH`
//! - `output COMMAND | LINE`, `absent-output COMMAND`, `unknown-output COMMAND`
//! - `process PID NAME ARGUMENT...`, `of PID KEY=VALUE...` for what is special about it
//! - `setting NAME VALUE`, `engine` for a snapshot through the engine alone, `nothing`
#![expect(clippy::unwrap_used, reason = "an example that is not one breaks its test")]

use std::collections::BTreeMap;

use plimsoll_audit::HostSettings;
use plimsoll_host::{Collected, FileFacts, FileKind, Known, ProcessFacts, Reach, UserIds};
use serde_json::value::RawValue;

/// 2026-11-22.
pub(crate) const TAKEN_AT: u64 = 1_795_305_600;

const ACCOUNTS: &str =
    "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\nbob:x:1001:1001::/:\n";
const GROUPS: &str = "root:x:0:\nalice:x:1000:\nbob:x:1001:\n";

/// The snapshot and the settings that `text` notes.
pub(crate) fn snapshot(text: &str) -> (Collected, HostSettings) {
    let mut collected = Collected::new("box", TAKEN_AT, Reach::Host);
    let mut settings = HostSettings::default();
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    texts.insert("/etc/passwd".to_owned(), ACCOUNTS.to_owned());
    let has_group = text.contains("text /etc/group ");
    let docker = if has_group { "" } else { "docker:x:998:\n" };
    texts.insert("/etc/group".to_owned(), format!("{GROUPS}{docker}"));
    for line in text.lines().filter(|it| it.starts_with("text ")) {
        let (path, line) = line[5..].split_once(' ').unwrap_or((&line[5..], ""));
        let text = texts.entry(path.to_owned()).or_default();
        text.push_str(line);
        text.push('\n');
    }
    for (path, text) in texts {
        let mut facts = plain(FileKind::File, 0o644);
        facts.text = Known::Had(text);
        collected.files.insert(path, Known::Had(facts));
    }
    for line in text.lines() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        note(&mut collected, &mut settings, word, rest);
    }
    (collected, settings)
}

fn note(collected: &mut Collected, settings: &mut HostSettings, word: &str, rest: &str) {
    let (first, second) = rest.split_once(' ').unwrap_or((rest, ""));
    match word {
        "" | "text" | "nothing" => {
            let paths = ANY_FILES.iter().filter(|_| word == "nothing");
            collected.files.extend(paths.map(|it| ((*it).to_owned(), Known::Absent)));
        }
        "file" => {
            let text = collected.text(first).map(|it| (*it).to_owned());
            let mut facts = file(second);
            if let Known::Had(it) = text {
                facts.text = Known::Had(it);
            }
            collected.files.insert(first.to_owned(), Known::Had(facts));
        }
        "absent" => drop(collected.files.insert(first.to_owned(), Known::Absent)),
        "unknown" => drop(collected.files.insert(first.to_owned(), denied())),
        "answer" => {
            let raw = RawValue::from_string(second.to_owned()).unwrap();
            collected.answers.insert(first.to_owned(), Known::Had(raw));
        }
        "absent-answer" => drop(collected.answers.insert(first.to_owned(), Known::Absent)),
        "unknown-answer" => drop(collected.answers.insert(first.to_owned(), denied())),
        "output" => {
            let (command, line) = rest.split_once(" | ").unwrap();
            let before = collected.output(command).had().copied().unwrap_or_default().to_owned();
            let now = Known::Had(format!("{before}{line}\n"));
            collected.outputs.insert(command.to_owned(), now);
        }
        "unknown-output" => drop(collected.outputs.insert(rest.to_owned(), denied())),
        "absent-output" => drop(collected.outputs.insert(rest.to_owned(), Known::Absent)),
        "process" => {
            let mut processes = collected.processes.had().cloned().unwrap_or_default();
            processes.push(process(rest));
            collected.processes = Known::Had(processes);
        }
        "of" => {
            let Known::Had(processes) = &mut collected.processes else { panic!("no process") };
            let pid: u32 = first.parse().unwrap();
            let process = processes.iter_mut().find(|it| it.pid == pid).unwrap();
            second.split(' ').for_each(|it| set(process, it));
        }
        "no-processes" => collected.processes = Known::Had(Vec::new()),
        "engine" => collected.reach = Reach::Engine,
        "setting" => match first {
            "trusted-users" => {
                settings.trusted_users = Some(second.split(' ').map(str::to_owned).collect());
            }
            "allowed-registries" => {
                settings.allowed_registries = second.split(' ').map(str::to_owned).collect();
            }
            "swarm" => settings.swarm = Some(second == "yes"),
            "keep-days" => settings.keep_days = second.parse().ok(),
            "secret-days" => settings.secret_days = second.parse().ok(),
            other => panic!("no setting is called {other}"),
        },
        other => panic!("no line of a snapshot opens with {other}"),
    }
}

fn denied<T>() -> Known<T> {
    Known::unknown("permission denied", "be root")
}

fn plain(kind: FileKind, mode: u32) -> FileFacts {
    FileFacts {
        kind,
        owner: 0,
        group: 0,
        mode,
        size: 0,
        modified: 0,
        link: None,
        text: Known::Absent,
        entries: Known::Absent,
    }
}

fn file(text: &str) -> FileFacts {
    let words: Vec<&str> = text.split(' ').collect();
    let number = |name: &str| match name {
        "root" => 0,
        "docker" => 998,
        "alice" => 1000,
        "bob" => 1001,
        other => other.parse().unwrap(),
    };
    let (user, group) = words[0].split_once(':').unwrap();
    let mut res = plain(FileKind::File, u32::from_str_radix(words[1], 8).unwrap());
    (res.owner, res.group) = (number(user), number(group));
    match words.get(2) {
        Some(&"folder") => res.kind = FileKind::Folder,
        Some(&"socket") => res.kind = FileKind::Socket,
        _ => {}
    }
    for word in &words[2..] {
        if let Some(link) = word.strip_prefix("->") {
            res.link = Some(link.to_owned());
        } else if let Some(time) = word.strip_prefix("modified=") {
            res.modified = time.parse().unwrap();
        } else if let Some(names) = word.strip_prefix("entries=") {
            res.entries = Known::Had(names.split(',').map(str::to_owned).collect());
        }
    }
    res
}

fn process(text: &str) -> ProcessFacts {
    let mut words = text.split(' ');
    let pid = words.next().unwrap().parse().unwrap();
    let name = words.next().unwrap().to_owned();
    ProcessFacts {
        pid,
        parent: 1,
        name,
        program: Known::Absent,
        arguments: words.map(str::to_owned).collect(),
        user: UserIds::default(),
        group: UserIds::default(),
        groups: Vec::new(),
        effective_capabilities: 0,
        bounding_capabilities: 0,
        seccomp: Some(2),
        no_new_privileges: Some(false),
        label: Known::Absent,
        namespaces: Known::Had(BTreeMap::new()),
        user_map: Known::Had("0 0 4294967295\n".to_owned()),
        control_group: Known::Absent,
    }
}

fn set(process: &mut ProcessFacts, word: &str) {
    let (key, value) = word.split_once('=').unwrap();
    let number = || value.parse::<u32>().unwrap();
    match key {
        "uid" => {
            let it = number();
            process.user = UserIds { real: it, effective: it, saved: it, file_system: it };
        }
        "caps" => process.effective_capabilities = u64::from_str_radix(value, 16).unwrap(),
        "seccomp" => process.seccomp = value.parse().ok(),
        "no-new-privileges" => process.no_new_privileges = Some(value == "1"),
        "program" => process.program = Known::Had(value.to_owned()),
        "map" => process.user_map = Known::Had(value.replace('-', " ")),
        "parent" => process.parent = number(),
        "label" => process.label = Known::Had(value.to_owned()),
        "group" => process.control_group = Known::Had(value.to_owned()),
        other => {
            let Known::Had(namespaces) = &mut process.namespaces else { panic!("no namespaces") };
            namespaces.insert(other.to_owned(), value.parse().unwrap());
        }
    }
}

/// What a host has that looks at files and has none of the engine's.
const ANY_FILES: &[&str] = &[
    "/etc/docker",
    "/etc/docker/daemon.json",
    "/etc/containerd/config.toml",
    "/etc/default/docker",
    "/etc/sysconfig/docker",
    "/lib/systemd/system/docker.service",
    "/lib/systemd/system/docker.socket",
    "/run/containerd",
    "/run/containerd/containerd.sock",
    "/run/docker.sock",
    "/usr/bin/containerd",
    "/usr/bin/containerd-shim",
    "/usr/bin/containerd-shim-runc-v1",
    "/usr/bin/containerd-shim-runc-v2",
    "/usr/bin/dockerd",
    "/usr/bin/runc",
    "/usr/local/bin/containerd",
    "/usr/local/bin/containerd-shim-runc-v2",
    "/usr/local/bin/dockerd",
    "/usr/local/bin/runc",
    "/usr/sbin/dockerd",
    "/usr/sbin/runc",
    "/var/lib/docker",
    "/var/run/docker.sock",
];
