//! Looks at the host itself, without ever waiting for it longer than the limit.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    thread,
};

use plimsoll_host::{
    Collected, FileFacts, Known, ProcessFacts,
    wanted::{TOOLS, WantedFile, named_files, wanted_files},
};

use crate::{
    bounded::bounded,
    files::{Looker, Seen},
    processes::{Close, ProcessTable},
    request::Request,
    tools,
};

/// What was seen of the host before the engine had told what runs on it.
pub(crate) struct Local {
    pub(crate) files: BTreeMap<String, Known<FileFacts>>,
    pub(crate) outputs: BTreeMap<String, Known<String>>,
    pub(crate) gaps: Vec<String>,
    /// The processes, or why they cannot be seen.
    pub(crate) table: Result<ProcessTable, String>,
}

impl Local {
    /// Looks at what is looked at on every host.
    pub(crate) fn look(request: &Request) -> Self {
        let outputs = thread::spawn({
            let request = request.clone();
            move || run_tools(&request)
        });
        let mut gaps = Vec::new();
        let table = read_table(request);
        let homes = homes(request, table.as_ref().ok());
        let wanted = wanted_files(&homes);
        let mut files = BTreeMap::new();
        look_at(request, wanted, &mut files, &mut gaps);
        let outputs = outputs.join().unwrap_or_default();
        Self { files, outputs, gaps, table }
    }

    /// Whether the engine that calls its machine `name`, with the kernel `kernel`, runs here.
    pub(crate) fn is_machine(&self, name: &str, kernel: &str) -> bool {
        let text = |path: &str| Some(self.files.get(path)?.had()?.text.had()?.trim());
        let same = |path: &str, told: &str| text(path).is_none_or(|it| it == told);
        let has_engine = self.table.as_ref().is_ok_and(ProcessTable::has_engine);
        same("/proc/sys/kernel/osrelease", kernel)
            && (has_engine || same("/proc/sys/kernel/hostname", name))
    }
}

/// Looks at what the collected settings name, and at the processes of the containers.
pub(crate) fn look_further(
    request: &Request,
    collected: &mut Collected,
    table: Result<ProcessTable, String>,
    containers: BTreeSet<u32>,
) {
    let (processes, gaps) = close_processes(request, table, containers);
    collected.processes = processes;
    collected.gaps.extend(gaps);
    let mut wanted = named_files(collected);
    wanted.retain(|it| !collected.files.contains_key(&it.path));
    let mut gaps = Vec::new();
    look_at(request, wanted, &mut collected.files, &mut gaps);
    collected.gaps.extend(gaps);
}

fn close_processes(
    request: &Request,
    table: Result<ProcessTable, String>,
    containers: BTreeSet<u32>,
) -> (Known<Vec<ProcessFacts>>, Vec<String>) {
    let mut table = match table {
        Ok(it) if it.shows_all() => it,
        Ok(_) => {
            let why = "the system hides the processes of others from this user";
            return (Known::unknown(why, RUN_AS_ROOT), Vec::new());
        }
        Err(why) => return (Known::unknown(why, RUN_AS_ROOT), Vec::new()),
    };
    let (limits, hide) = (request.limits, request.hide);
    let (mut seen, _) = bounded(limits.host, move |sender| {
        let close = Close { containers: &containers, limits: &limits, hide };
        let facts = table.close(close);
        let _ = sender.send((facts, table.gaps));
    });
    match seen.pop() {
        Some((facts, gaps)) => (Known::Had(facts), gaps),
        None => (Known::unknown("reading the processes took too long", RUN_AS_ROOT), Vec::new()),
    }
}

fn read_table(request: &Request) -> Result<ProcessTable, String> {
    let (folder, limits) = (request.root.join("proc"), request.limits);
    let (mut seen, _) = bounded(limits.host, move |sender| {
        let _ = sender.send(ProcessTable::read(&folder, &limits));
    });
    match seen.pop() {
        Some(Ok(it)) => Ok(it),
        Some(Err(error)) => Err(format!("the processes cannot be read: {error}")),
        None => Err("reading the processes took too long".to_owned()),
    }
}

/// Looks at all of `wanted`; what did not answer in time is unknown.
fn look_at(
    request: &Request,
    wanted: Vec<WantedFile>,
    files: &mut BTreeMap<String, Known<FileFacts>>,
    gaps: &mut Vec<String>,
) {
    let (root, limits) = (request.root.clone(), request.limits);
    let asked = wanted.clone();
    let (seen, is_done) = bounded(limits.host, move |sender| {
        let mut looker = Looker::new(&root, &limits, sender);
        for wanted in asked {
            looker.look(&wanted);
        }
    });
    for it in seen {
        match it {
            Seen::File(path, known) => drop(files.insert(path, known)),
            Seen::Gap(text) => gaps.push(text),
        }
    }
    if !is_done {
        let seconds = request.limits.host.as_secs();
        gaps.push(format!("not all files answered within {seconds} seconds"));
        for wanted in wanted {
            files.entry(wanted.path).or_insert_with(|| {
                let why = format!("the file system did not answer within {seconds} seconds");
                Known::unknown(why, "see which mount hangs")
            });
        }
    }
}

fn run_tools(request: &Request) -> BTreeMap<String, Known<String>> {
    let limits = &request.limits;
    let mut res: BTreeMap<String, Known<String>> = thread::scope(|scope| {
        let runs: Vec<_> = TOOLS
            .iter()
            .map(|tool| {
                let is_at_root = request.is_at_root();
                let run = scope.spawn(move || {
                    if is_at_root {
                        return tools::run(tool, limits.host, limits.text * 16);
                    }
                    Known::unknown("tools of the host are not run from outside", RUN_AS_ROOT)
                });
                (tool.command(), run)
            })
            .collect();
        let failed = || Known::unknown("the tool could not be run", RUN_AS_ROOT);
        runs.into_iter()
            .map(|(command, run)| (command, run.join().unwrap_or_else(|_| failed())))
            .collect()
    });
    // `ufw` keeps a lock file of its own, so that asking it would change the host.
    let is_there = request.root.join("usr/sbin/ufw").exists();
    let ufw = if is_there {
        Known::unknown("`ufw` writes to the disk even when asked", "see /etc/ufw/ufw.conf")
    } else {
        Known::Absent
    };
    res.insert("ufw status".to_owned(), ufw);
    res
}

/// The homes of whoever asks, and of those who run an engine of their own.
fn homes(request: &Request, table: Option<&ProcessTable>) -> BTreeSet<String> {
    let mut res = BTreeSet::new();
    let own = request.environment.get("HOME").filter(|it| is_home(it));
    res.extend(own.filter(|_| request.is_at_root()).cloned());
    let owners = table.map(ProcessTable::engine_owners).unwrap_or_default();
    let path = request.root.join("etc/passwd");
    let text = read_text(path, request).unwrap_or_default();
    for line in text.lines().take(MAX_ACCOUNTS) {
        let parts: Vec<&str> = line.split(':').collect();
        let (Some(number), Some(home)) = (parts.get(2), parts.get(5)) else { continue };
        let is_owner = number.parse().is_ok_and(|it| owners.contains(&it));
        if is_owner && is_home(home) {
            res.insert((*home).to_owned());
        }
    }
    res
}

fn read_text(path: PathBuf, request: &Request) -> Option<String> {
    let limit = request.limits.text;
    let (mut seen, _) = bounded(request.limits.host, move |sender| {
        let bytes = std::fs::File::open(path).and_then(|it| crate::files::read_limited(it, limit));
        let _ = sender.send(bytes.ok());
    });
    Some(String::from_utf8_lossy(&seen.pop()??).into_owned())
}

fn is_home(path: &str) -> bool {
    Path::new(path).is_absolute() && path != "/" && !path.ends_with('/')
}

const RUN_AS_ROOT: &str = "run as root on the host itself";

/// More accounts than this are not looked at.
const MAX_ACCOUNTS: usize = 100_000;
