//! The typed view of a snapshot that checks look at.
//!
//! Everything is parsed once, here; what could not be read stays unknown with its reason.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    accounts::{Account, Group, SubordinateRange, accounts, groups, subordinate_ranges},
    auditd::{Watch, watches},
    collected::{Collected, FileFacts, FileKind, ProcessFacts, Reach},
    daemon_settings::DaemonSettings,
    known::Known,
    listening::{Listener, tcp_listeners, udp_listeners},
    mounts::{Mount, mounts},
    sudoers::{SudoRule, sudo_rules},
    units::{Unit, unit},
};

/// A host as checks see it.
#[derive(Debug)]
pub struct Host<'a> {
    /// The raw material.
    pub collected: &'a Collected,
    /// The accounts of `/etc/passwd`.
    pub accounts: Known<Vec<Account>>,
    /// The groups of `/etc/group`.
    pub groups: Known<Vec<Group>>,
    /// The mounts of the host.
    pub mounts: Known<Vec<Mount>>,
    /// Sockets that wait for TCP connections.
    pub tcp: Known<Vec<Listener>>,
    /// Sockets that wait for UDP packets.
    pub udp: Known<Vec<Listener>>,
    /// What the audit watches, as the kernel says.
    pub kernel_watches: Known<Vec<Watch>>,
    /// What the audit watches, as its files say; absent if there are none.
    pub file_watches: Known<Vec<Watch>>,
    /// The rules of sudo.
    pub sudo: Known<Vec<SudoRule>>,
    /// The service of the engine.
    pub docker_service: Known<Unit>,
    /// The socket unit of the engine.
    pub docker_socket: Known<Unit>,
    /// What the daemon runs by.
    pub settings: DaemonSettings,
    effective: Value,
    answers: BTreeMap<&'a str, Known<Value>>,
}

impl<'a> Host<'a> {
    /// The view of a snapshot.
    pub fn new(collected: &'a Collected) -> Self {
        let answers = collected.answers.keys().map(|it| (it.as_str(), parsed(collected, it)));
        let settings = DaemonSettings::of(collected);
        let effective = serde_json::from_str(&settings.text).unwrap_or_default();
        Self {
            collected,
            settings,
            effective,
            accounts: collected.text("/etc/passwd").map(|it| accounts(it)),
            groups: collected.text("/etc/group").map(|it| groups(it)),
            mounts: collected.text("/proc/self/mountinfo").map(|it| mounts(it)),
            tcp: sockets(collected, ["/proc/net/tcp", "/proc/net/tcp6"], tcp_listeners),
            udp: sockets(collected, ["/proc/net/udp", "/proc/net/udp6"], udp_listeners),
            kernel_watches: collected.output("auditctl -l").map(|it| watches(it)),
            file_watches: file_watches(collected),
            sudo: sudo(collected),
            docker_service: unit(collected, "docker.service"),
            docker_socket: unit(collected, "docker.socket"),
            answers: answers.collect(),
        }
    }

    /// The engine's answer at an API path.
    pub fn answer(&self, path: &str) -> Known<&Value> {
        match self.answers.get(path) {
            Some(known) => known.map(|it| it),
            // The snapshot itself says why it is not there.
            None => self.collected.answer(path).and_then(|_| Known::Absent),
        }
    }

    /// The entries of the engine's answer at an API path that gives a list.
    pub fn answer_list(&self, path: &str) -> Known<&[Value]> {
        match self.answer(path) {
            Known::Had(Value::Array(entries)) => Known::Had(entries),
            Known::Had(_) => Known::unknown(
                format!("the engine's answer to {path} is no list"),
                "see that it is an engine that was asked",
            ),
            Known::Absent => Known::Absent,
            Known::Unknown { why, remedy } => Known::unknown(why, remedy),
        }
    }

    /// Every answer whose path lies between `before` and `after`, with what lies there: the ID.
    pub fn answers_between<'s>(
        &'s self,
        before: &'s str,
        after: &'s str,
    ) -> impl Iterator<Item = (&'s str, &'s Known<Value>)> {
        let id = move |path: &'s str| path.strip_prefix(before)?.strip_suffix(after);
        let is_id = |it: &&str| !it.is_empty() && !it.contains('/');
        self.answers.iter().filter_map(move |(path, it)| Some((id(path).filter(is_id)?, it)))
    }

    /// The name of a user, or the number where it has none.
    pub fn user_name(&self, uid: u32) -> String {
        let named = self.accounts.had().and_then(|it| it.iter().find(|it| it.uid == uid));
        named.map_or_else(|| uid.to_string(), |it| it.name.clone())
    }

    /// The name of a group, or the number where it has none.
    pub fn group_name(&self, gid: u32) -> String {
        let named = self.groups.had().and_then(|it| it.iter().find(|it| it.gid == gid));
        named.map_or_else(|| gid.to_string(), |it| it.name.clone())
    }

    /// Owner, group and mode of a file in the words of `ls`: `root:docker 0660`.
    pub fn permissions(&self, file: &FileFacts) -> String {
        let (user, group) = (self.user_name(file.owner), self.group_name(file.group));
        format!("{user}:{group} {:04o}", file.mode)
    }

    /// The ranges of `/etc/subuid` or `/etc/subgid`.
    pub fn subordinate_ranges(&self, path: &str) -> Known<Vec<SubordinateRange>> {
        self.collected.text(path).map(|it| subordinate_ranges(it))
    }

    /// The path itself and the others that lead to the same place, by the links that are known.
    pub fn same_paths(&self, path: &str) -> BTreeSet<String> {
        let mut res = BTreeSet::from([path.to_owned()]);
        let mut current = path.to_owned();
        for _ in 0..MAX_LINKS {
            let Some(next) = self.one_link(&current) else { break };
            if !res.insert(next.clone()) {
                break;
            }
            current = next;
        }
        res
    }

    /// The path with the first link in it replaced by where it leads.
    fn one_link(&self, path: &str) -> Option<String> {
        let ends = path.match_indices('/').map(|it| it.0).skip(1).chain([path.len()]);
        for end in ends {
            let (head, rest) = (path.get(..end)?, path.get(end..)?);
            let link = match self.collected.files.get(head) {
                Some(known) => known.had().and_then(|it| it.link.clone()),
                // The same on every system of these days, where nobody looked.
                None => (head == "/var/run").then(|| "/run".to_owned()),
            };
            if let Some(link) = link {
                let next = format!("{}{rest}", absolute(head, &link));
                return (next != path).then_some(next);
            }
        }
        None
    }

    /// The processes, if they were looked at.
    pub fn processes(&self) -> Known<&[ProcessFacts]> {
        self.collected.processes.map(Vec::as_slice)
    }

    /// The engine's own processes.
    pub fn daemons(&self) -> Known<Vec<&ProcessFacts>> {
        let is_daemon = |it: &&ProcessFacts| it.name == "dockerd";
        self.processes().map(|it| it.iter().filter(is_daemon).collect())
    }

    /// The value of a setting that the daemon runs by, a text as it is and others as JSON. `None`
    /// if nobody sets it, or that cannot be read: then [`Host::settings`] says what is not known.
    pub fn daemon_option(&self, name: &str) -> Option<String> {
        Some(match self.effective.get(name)? {
            Value::String(it) => it.clone(),
            other => other.to_string(),
        })
    }

    /// The addresses that the daemon is told to listen on.
    pub fn daemon_hosts(&self) -> Vec<&str> {
        let hosts = self.effective.get("hosts").and_then(Value::as_array);
        hosts.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// Whether the host itself was looked at, not only its engine.
    pub fn is_seen(&self) -> bool {
        self.collected.reach == Reach::Host
    }
}

/// How many links a path may lead through.
const MAX_LINKS: usize = 40;

/// Where a link leads that stands at `path`.
fn absolute(path: &str, link: &str) -> String {
    if link.starts_with('/') {
        return link.trim_end_matches('/').to_owned();
    }
    let mut parts: Vec<&str> = path.split('/').filter(|it| !it.is_empty()).collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            it => parts.push(it),
        }
    }
    format!("/{}", parts.join("/"))
}

fn parsed(collected: &Collected, path: &str) -> Known<Value> {
    collected.answer(path).and_then(|text| match serde_json::from_str(text) {
        Ok(Value::Null) => Known::Absent,
        Ok(it) => Known::Had(it),
        Err(it) => Known::unknown(
            format!("the engine's answer to {path} cannot be read: {it}"),
            "ask the engine again, and see that it is one",
        ),
    })
}

fn sockets(
    collected: &Collected,
    paths: [&str; 2],
    read: fn(&str) -> Vec<Listener>,
) -> Known<Vec<Listener>> {
    let mut res = Vec::new();
    let mut is_any = false;
    for path in paths {
        match collected.text(path) {
            Known::Had(text) => {
                is_any = true;
                res.extend(read(text));
            }
            // A kernel without IPv6 has no second file.
            Known::Absent => {}
            Known::Unknown { why, remedy } => return Known::unknown(why, remedy),
        }
    }
    if is_any { Known::Had(res) } else { Known::Absent }
}

/// What stands in `audit.rules` and `rules.d`, in the order they are loaded.
fn file_watches(collected: &Collected) -> Known<Vec<Watch>> {
    let mut texts = Vec::new();
    let mut unread = None;
    for (path, text) in text_files(collected, "/etc/audit/rules.d/", ".rules") {
        match text {
            Known::Had(it) => texts.push(it),
            Known::Absent => {}
            Known::Unknown { why, remedy } => {
                unread = Some(Known::unknown(format!("{path}: {why}"), remedy));
            }
        }
    }
    match collected.text("/etc/audit/audit.rules") {
        Known::Had(it) => texts.push(it),
        Known::Absent => {}
        Known::Unknown { why, remedy } => unread = Some(Known::unknown(why, remedy)),
    }
    let folder = collected.file("/etc/audit/rules.d");
    if let (None, Known::Unknown { why, remedy }) = (&unread, &folder)
        && texts.is_empty()
    {
        unread = Some(Known::unknown(why.clone(), remedy.clone()));
    }
    match unread {
        Some(it) => it,
        None if texts.is_empty() => Known::Absent,
        None => Known::Had(texts.iter().flat_map(|it| watches(it)).collect()),
    }
}

fn sudo(collected: &Collected) -> Known<Vec<SudoRule>> {
    let main = collected.text("/etc/sudoers").map(|it| ("/etc/sudoers", *it));
    let mut files = Vec::new();
    match main {
        Known::Had(it) => files.push(it),
        Known::Absent => return Known::Absent,
        Known::Unknown { why, remedy } => return Known::unknown(why, remedy),
    }
    for (path, text) in text_files(collected, "/etc/sudoers.d/", "") {
        // sudo passes over names with a dot and those that end in a tilde.
        let name = path.rsplit('/').next().unwrap_or_default();
        if name.contains('.') || name.ends_with('~') {
            continue;
        }
        match text {
            Known::Had(it) => files.push((path, it)),
            Known::Absent => {}
            Known::Unknown { why, remedy } => {
                return Known::unknown(format!("{path}: {why}"), remedy);
            }
        }
    }
    Known::Had(sudo_rules(files))
}

/// The files right below a folder (given with its slash), by name.
fn text_files<'a>(
    collected: &'a Collected,
    folder: &'a str,
    ending: &'a str,
) -> impl Iterator<Item = (&'a str, Known<&'a str>)> {
    let below = collected.files.range(folder.to_owned()..);
    let below = below.take_while(move |it| it.0.starts_with(folder));
    let is_file = |known: &Known<FileFacts>| known.had().is_none_or(|it| it.kind == FileKind::File);
    below
        .filter(move |(path, known)| {
            path.ends_with(ending) && !path[folder.len()..].contains('/') && is_file(known)
        })
        .map(|(path, _)| (path.as_str(), collected.text(path)))
}
