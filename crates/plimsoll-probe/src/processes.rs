//! Processes from `/proc`: that of the system, those of the engine, and those of its containers.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use plimsoll_host::{Hide, Known, ProcessFacts, UserIds, mask_arguments, wanted::ENGINES};

use crate::{
    files::{is_absence, read_limited, unknown},
    request::Limits,
};

/// All processes by number, and little of each.
#[derive(Clone, Debug)]
pub(crate) struct ProcessTable {
    folder: PathBuf,
    by_number: BTreeMap<u32, Entry>,
    /// What was cut.
    pub(crate) gaps: Vec<String>,
}

#[derive(Clone, Debug)]
struct Entry {
    name: String,
    parent: u32,
}

/// Which processes are looked at closely.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Close<'a> {
    /// The first processes of containers.
    pub(crate) containers: &'a BTreeSet<u32>,
    /// How many are looked at.
    pub(crate) limits: &'a Limits,
    /// Hides secrets in arguments.
    pub(crate) hide: Hide,
}

impl ProcessTable {
    /// The processes that the `/proc` in `folder` shows.
    pub(crate) fn read(folder: &Path, limits: &Limits) -> io::Result<Self> {
        let mut res =
            Self { folder: folder.to_owned(), by_number: BTreeMap::new(), gaps: Vec::new() };
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name();
            let Some(number) = name.to_str().and_then(|it| it.parse().ok()) else { continue };
            if res.by_number.len() == limits.processes {
                res.gaps.push(format!("only {} processes were looked at", limits.processes));
                break;
            }
            // One that ended meanwhile is not there.
            if let Some(entry) = res.entry(number) {
                res.by_number.insert(number, entry);
            }
        }
        Ok(res)
    }

    /// Whether the processes of others are shown, which the mount of `/proc` may forbid.
    pub(crate) fn shows_all(&self) -> bool {
        self.by_number.contains_key(&1)
    }

    /// Whether an engine runs here.
    pub(crate) fn has_engine(&self) -> bool {
        self.by_number.values().any(|it| it.name == "dockerd")
    }

    /// The owners of the engines that run here.
    pub(crate) fn engine_owners(&self) -> BTreeSet<u32> {
        let engines = self.by_number.iter().filter(|(_, it)| ENGINES.contains(&it.name.as_str()));
        engines.filter_map(|(number, _)| Some(self.status(*number)?.user.effective)).collect()
    }

    /// The first process, those of the engine, and those of containers.
    pub(crate) fn close(&mut self, close: Close<'_>) -> Vec<ProcessFacts> {
        let engines = self.by_number.iter().filter(|(_, it)| ENGINES.contains(&it.name.as_str()));
        let mut wanted: BTreeSet<u32> =
            engines.map(|(number, _)| *number).take(MAX_ENGINES).collect();
        wanted.insert(1);
        let children = self.children();
        for first in close.containers {
            let mut left = vec![*first];
            // A command that was started later is a child of the shim, and so is the first process.
            let parent = self.by_number.get(first).map_or(0, |it| it.parent);
            let is_shim =
                self.by_number.get(&parent).is_some_and(|it| it.name.starts_with("containerd-sh"));
            if is_shim {
                left.extend(children.get(&parent).into_iter().flatten().filter(|it| *it != first));
            }
            let mut n_seen = 0;
            left.reverse();
            while let Some(number) = left.pop() {
                if n_seen == close.limits.container_processes {
                    self.gaps.push(format!(
                        "only {n_seen} processes of the container of process {first} were looked at"
                    ));
                    break;
                }
                if wanted.insert(number) {
                    n_seen += 1;
                    left.extend(children.get(&number).into_iter().flatten());
                }
            }
        }
        wanted.into_iter().filter_map(|number| self.facts(number, close.hide)).collect()
    }

    fn children(&self) -> BTreeMap<u32, Vec<u32>> {
        let mut res: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (number, entry) in &self.by_number {
            res.entry(entry.parent).or_default().push(*number);
        }
        res
    }

    /// Name and parent from `stat`; the name stands in brackets and may hold brackets itself.
    fn entry(&self, number: u32) -> Option<Entry> {
        let text = self.text(number, "stat").ok()?;
        let (head, tail) = text.rsplit_once(')')?;
        let name = head.split_once('(')?.1.to_owned();
        Some(Entry { name, parent: tail.split_whitespace().nth(1)?.parse().ok()? })
    }

    fn facts(&self, number: u32, hide: Hide) -> Option<ProcessFacts> {
        let entry = self.by_number.get(&number).cloned().or_else(|| self.entry(number))?;
        let status = self.status(number)?;
        let text = |name: &str| match self.text(number, name) {
            Ok(it) => Known::Had(it.trim_end().to_owned()),
            Err(error) if is_absence(&error) => Known::Absent,
            Err(error) => unknown(&error),
        };
        let arguments = self.text(number, "cmdline").unwrap_or_default();
        let arguments: Vec<String> = arguments
            .trim_end_matches('\0')
            .split('\0')
            .filter(|_| !arguments.is_empty())
            .take(MAX_ARGUMENTS)
            .map(str::to_owned)
            .collect();
        Some(ProcessFacts {
            pid: number,
            parent: entry.parent,
            name: entry.name,
            program: self.link(number, "exe"),
            arguments: mask_arguments(&arguments, hide),
            user: status.user,
            group: status.group,
            groups: status.groups,
            effective_capabilities: status.effective_capabilities,
            bounding_capabilities: status.bounding_capabilities,
            seccomp: status.seccomp,
            no_new_privileges: status.no_new_privileges,
            label: self.label(number),
            namespaces: self.namespaces(number),
            user_map: text("uid_map"),
            control_group: text("cgroup"),
        })
    }

    /// The label that a security module gave it; without one, there is nothing to be read.
    fn label(&self, number: u32) -> Known<String> {
        match self.text(number, "attr/current") {
            Ok(it) => {
                let label = it.trim_end_matches(['\0', '\n']);
                if label.is_empty() { Known::Absent } else { Known::Had(label.to_owned()) }
            }
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => unknown(&error),
            Err(_) => Known::Absent,
        }
    }

    fn namespaces(&self, number: u32) -> Known<BTreeMap<String, u64>> {
        let mut res = BTreeMap::new();
        for kind in NAMESPACES {
            match self.link(number, &format!("ns/{kind}")) {
                Known::Had(target) => {
                    let digits = target.split(['[', ']']).nth(1).and_then(|it| it.parse().ok());
                    res.extend(digits.map(|it| ((*kind).to_owned(), it)));
                }
                // An older kernel has fewer kinds.
                Known::Absent => {}
                Known::Unknown { why, remedy } => return Known::Unknown { why, remedy },
            }
        }
        if res.is_empty() { Known::Absent } else { Known::Had(res) }
    }

    fn link(&self, number: u32, name: &str) -> Known<String> {
        match fs::read_link(self.folder.join(number.to_string()).join(name)) {
            Ok(it) => Known::Had(it.to_string_lossy().into_owned()),
            Err(error) if is_absence(&error) => Known::Absent,
            Err(error) => unknown(&error),
        }
    }

    fn text(&self, number: u32, name: &str) -> io::Result<String> {
        let file = File::open(self.folder.join(number.to_string()).join(name))?;
        let mut bytes = read_limited(file, MAX_TEXT)?;
        bytes.truncate(usize::try_from(MAX_TEXT).unwrap_or(usize::MAX));
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn status(&self, number: u32) -> Option<Status> {
        Some(Status::of(&self.text(number, "status").ok()?))
    }
}

/// What is taken of `/proc/PID/status`.
#[derive(Debug, Default)]
struct Status {
    user: UserIds,
    group: UserIds,
    groups: Vec<u32>,
    effective_capabilities: u64,
    bounding_capabilities: u64,
    seccomp: Option<u8>,
    no_new_privileges: Option<bool>,
}

impl Status {
    fn of(text: &str) -> Self {
        let mut res = Self::default();
        for (key, value) in text.lines().filter_map(|it| it.split_once(':')) {
            let value = value.trim();
            let numbers = || value.split_whitespace().filter_map(|it| it.parse().ok());
            let bits = || u64::from_str_radix(value, 16).unwrap_or_default();
            match key {
                "Uid" => res.user = ids(numbers()),
                "Gid" => res.group = ids(numbers()),
                "Groups" => res.groups = numbers().collect(),
                "CapEff" => res.effective_capabilities = bits(),
                "CapBnd" => res.bounding_capabilities = bits(),
                "Seccomp" => res.seccomp = value.parse().ok(),
                "NoNewPrivs" => res.no_new_privileges = Some(value == "1"),
                _ => {}
            }
        }
        res
    }
}

fn ids(mut numbers: impl Iterator<Item = u32>) -> UserIds {
    let mut next = || numbers.next().unwrap_or_default();
    UserIds { real: next(), effective: next(), saved: next(), file_system: next() }
}

const NAMESPACES: &[&str] = &["cgroup", "ipc", "mnt", "net", "pid", "user", "uts"];

/// Bytes of one file of a process that are looked at.
const MAX_TEXT: u64 = 128 << 10;
/// Arguments of one process that are kept.
const MAX_ARGUMENTS: usize = 1_000;
/// Processes of engines that are looked at; each published port may have one.
const MAX_ENGINES: usize = 10_000;

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, os::unix::fs::symlink, path::Path};

    use plimsoll_host::Known;

    use super::{Close, ProcessTable};
    use crate::request::Limits;

    fn process(folder: &Path, number: u32, parent: u32, name: &str, arguments: &str) {
        let folder = folder.join(number.to_string());
        fs::create_dir_all(folder.join("ns")).unwrap();
        fs::write(folder.join("stat"), format!("{number} ({name}) S {parent} 1 1 0")).unwrap();
        let status = "Name:\tx\nUid:\t1\t2\t3\t4\nGroups:\t5 6 \nCapEff:\t00000000a80425fb\n\
            CapBnd:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n";
        fs::write(folder.join("status"), status).unwrap();
        fs::write(folder.join("cmdline"), arguments).unwrap();
        let group = format!("0::/docker/{}", "ab".repeat(32));
        fs::write(folder.join("cgroup"), group).unwrap();
        symlink("net:[4026531840]", folder.join("ns/net")).unwrap();
    }

    #[test]
    fn processes_of_containers_are_found_by_their_parents() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        process(root, 1, 0, "init", "");
        process(root, 10, 1, "dockerd", "dockerd\0-H\0tcp://x\0--token\0s\0");
        process(root, 20, 1, "containerd-shim", "shim\0");
        process(root, 21, 20, "a (b) c", "first\0");
        process(root, 22, 21, "sshd", "sshd\0");
        process(root, 23, 20, "later", "exec\0");
        process(root, 30, 1, "sshd", "the host's own\0");
        let limits = Limits::default();
        let mut table = ProcessTable::read(root, &limits).unwrap();
        let containers = BTreeSet::from([21]);
        let hide = |name: &str, value: &str| match name {
            "token" => "masked".to_owned(),
            _ => value.to_owned(),
        };
        let found = table.close(Close { containers: &containers, limits: &limits, hide });
        let numbers: Vec<u32> = found.iter().map(|it| it.pid).collect();
        assert_eq!(numbers, [1, 10, 21, 22, 23]);
        assert_eq!(found[1].arguments, ["dockerd", "-H", "tcp://x", "--token", "masked"]);
        let first = &found[2];
        assert_eq!((first.name.as_str(), first.parent), ("a (b) c", 20));
        assert_eq!((first.user.real, first.user.file_system, first.seccomp), (1, 4, Some(2)));
        assert_eq!(
            (first.groups.as_slice(), first.no_new_privileges),
            ([5, 6].as_slice(), Some(true))
        );
        assert_eq!(first.effective_capabilities, 0xa804_25fb);
        assert_eq!(first.namespaces.had().unwrap()["net"], 4_026_531_840);
        assert_eq!(first.container(), Some("ab".repeat(32).as_str()));
        assert_eq!(first.program, Known::Absent);
    }

    #[test]
    fn a_container_with_many_processes_is_cut_with_a_gap() {
        let folder = tempfile::tempdir().unwrap();
        for number in 1..20 {
            process(folder.path(), number, number - 1, "p", "");
        }
        let limits = Limits { container_processes: 3, ..Limits::default() };
        let mut table = ProcessTable::read(folder.path(), &limits).unwrap();
        let containers = BTreeSet::from([10]);
        let hide = |_: &str, value: &str| value.to_owned();
        let found = table.close(Close { containers: &containers, limits: &limits, hide });
        assert_eq!(found.len(), 4);
        assert!(table.gaps[0].contains("only 3 processes"));
    }
}
