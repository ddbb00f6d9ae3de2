//! What a snapshot of a host asks for: pure lists of paths, questions to the engine and tools, and
//! what the answers name besides.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::collected::Collected;

/// A path that is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedFile {
    /// Absolute.
    pub path: String,
    /// How much of it is taken.
    pub take: Take,
}

/// How much is taken of what stands at a path. Each includes what stands before it, and a path at
/// which something else stands than was expected gives its owner and mode all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Take {
    /// Kind, owner, mode, size and time.
    Facts,
    /// The names in the folder.
    Entries,
    /// The names in the folder, and everything in it down to some depth, without any text.
    Tree,
    /// The names in the folder, and the text of the files in it whose name ends so.
    Texts(&'static str),
    /// The text of the file.
    Text,
    /// Name and address of the Docker context, and nothing else of its file.
    Context,
}

/// A tool that only reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WantedTool {
    /// Its name; looked for in the folders of the system's own programs.
    pub name: &'static str,
    /// Its arguments.
    pub arguments: &'static [&'static str],
    /// Paths of which one must be there, since the kernel would load a part of itself to answer.
    pub needs_one_of: &'static [&'static str],
}

impl WantedTool {
    /// The key of its output in [`Collected::outputs`].
    pub fn command(&self) -> String {
        let words = std::iter::once(self.name).chain(self.arguments.iter().copied());
        words.collect::<Vec<_>>().join(" ")
    }
}

/// The paths that are looked at on every host. `homes` are the home folders in which settings of a
/// rootless engine and contexts of the Docker CLI may lie.
pub fn wanted_files(homes: &BTreeSet<String>) -> Vec<WantedFile> {
    let wanted = |take| move |path: &&str| WantedFile { path: (*path).to_owned(), take };
    let mut res: Vec<WantedFile> = TEXTS.iter().map(wanted(Take::Text)).collect();
    res.extend(FACTS.iter().map(wanted(Take::Facts)));
    res.extend(FOLDERS.iter().map(wanted(Take::Entries)));
    res.extend(TREES.iter().map(wanted(Take::Tree)));
    for (path, ending) in TEXT_FOLDERS {
        res.push(WantedFile { path: (*path).to_owned(), take: Take::Texts(ending) });
    }
    for name in SYSCTLS {
        let path = format!("/proc/sys/{name}");
        res.push(WantedFile { path, take: Take::Text });
    }
    for (folder, unit) in
        UNIT_FOLDERS.iter().flat_map(|it| UNITS.iter().map(move |unit| (it, unit)))
    {
        res.push(WantedFile { path: format!("{folder}/{unit}"), take: Take::Text });
        res.push(WantedFile { path: format!("{folder}/{unit}.d"), take: Take::Texts(".conf") });
    }
    for home in homes {
        for (path, take) in HOME_PATHS {
            res.push(WantedFile { path: format!("{home}/{path}"), take: *take });
        }
    }
    res
}

/// The paths that the collected settings, arguments and containers name: sockets, the data folder,
/// certificates, profiles, files of environment variables, and what containers have mounted. The
/// text is asked for only where checks need it; never that of a certificate or key.
pub fn named_files(collected: &Collected) -> Vec<WantedFile> {
    let mut res = BTreeMap::new();
    let mut add = |path: &str, take: Take| {
        let path = path.trim_end_matches('/');
        let is_plain = path.starts_with('/') && path.len() <= MAX_PATH && !path.contains('\0');
        if is_plain && res.len() < MAX_NAMED {
            let kept = res.entry(path.to_owned()).or_insert(take);
            *kept = take.max(*kept);
        }
    };
    for process in collected.processes.had().into_iter().flatten() {
        let is_engine = ENGINES.contains(&process.name.as_str()) && process.container().is_none();
        for (flag, value) in flags(&process.arguments).filter(|_| is_engine) {
            let take = if process.user.real == 0 { take_of(flag) } else { Take::Facts };
            add(path_of(value), take);
        }
    }
    for (path, facts) in &collected.files {
        let Some(facts) = facts.had() else { continue };
        let Some(text) = facts.text.had() else { continue };
        // What others than root wrote must not choose which texts root reads.
        let mut add = |path: &str, take| {
            add(path, if facts.owner == 0 { take } else { Take::Facts });
        };
        if path.ends_with("/daemon.json") {
            settings_paths(text, &mut add);
        } else if path.ends_with(".service") || path.ends_with(".conf") {
            unit_paths(text, &mut add);
        }
    }
    if let Some(root) = string_of(collected, "/info", "/DockerRootDir") {
        add(&root, Take::Facts);
    }
    for path in collected.answers.keys().filter(|it| it.starts_with("/containers/")) {
        let Some(value) = json_of(collected, path) else { continue };
        let mounts = value.get("Mounts").and_then(Value::as_array).into_iter().flatten();
        for mount in mounts.filter(|it| it.get("Type").and_then(Value::as_str) == Some("bind")) {
            if let Some(source) = mount.get("Source").and_then(Value::as_str) {
                add(source, Take::Facts);
            }
        }
    }
    res.into_iter().map(|(path, take)| WantedFile { path, take }).collect()
}

/// The arguments as pairs of flag and value: `--config-file=X`, `--config-file X`, `-H X`.
fn flags(arguments: &[String]) -> impl Iterator<Item = (&str, &str)> {
    arguments.iter().enumerate().filter_map(|(idx, it)| {
        if let Some((flag, value)) = it.strip_prefix("--").and_then(|it| it.split_once('=')) {
            return Some((flag, value));
        }
        let before = idx.checked_sub(1).and_then(|it| arguments.get(it))?;
        let flag = before.strip_prefix('-')?.trim_start_matches('-');
        (!it.starts_with('-')).then_some((flag, it.as_str()))
    })
}

/// Every string in the settings that is a path, by the key it stands under.
fn settings_paths(text: &str, add: &mut impl FnMut(&str, Take)) {
    let Ok(settings) = serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}')) else {
        return;
    };
    let mut left = vec![("", &settings)];
    while let Some((key, value)) = left.pop() {
        match value {
            Value::String(it) => add(path_of(it), take_of(key)),
            Value::Array(items) => left.extend(items.iter().map(|it| (key, it))),
            Value::Object(members) => {
                left.extend(members.iter().map(|(key, it)| (key.as_str(), it)));
            }
            _ => {}
        }
    }
}

/// The files of environment variables that a unit names, and the paths among the arguments that it
/// starts its program with.
fn unit_paths(text: &str, add: &mut impl FnMut(&str, Take)) {
    for line in text.lines().take(MAX_LINES) {
        let Some((key, value)) = line.split_once('=') else { continue };
        match key.trim() {
            "EnvironmentFile" => add(value.trim().trim_start_matches('-'), Take::Text),
            "ExecStart" => {
                let words: Vec<String> =
                    value.split_whitespace().take(MAX_WORDS).map(str::to_owned).collect();
                for (flag, value) in flags(&words) {
                    add(path_of(value), take_of(flag));
                }
            }
            _ => {}
        }
    }
}

fn take_of(key: &str) -> Take {
    if matches!(key, "config-file" | "seccomp-profile") { Take::Text } else { Take::Facts }
}

fn path_of(value: &str) -> &str {
    value.strip_prefix("unix://").unwrap_or(value)
}

fn json_of(collected: &Collected, path: &str) -> Option<Value> {
    serde_json::from_str(collected.answer(path).had()?).ok()
}

fn string_of(collected: &Collected, path: &str, pointer: &str) -> Option<String> {
    Some(json_of(collected, path)?.pointer(pointer)?.as_str()?.to_owned())
}

/// What the engine is asked first; each path is without version.
pub const ANSWERS: &[&str] =
    &["/version", "/info", CONTAINERS, "/images/json", "/networks", "/volumes", "/plugins"];

/// The list of all containers.
pub const CONTAINERS: &str = "/containers/json?all=1";

/// What the engine is asked if it is part of a swarm; `Absent` if it is not.
pub const SWARM_ANSWERS: &[&str] =
    &["/swarm", "/nodes", "/services", "/tasks", "/secrets", "/configs"];

/// Names of programs that are engines or belong to them.
pub const ENGINES: &[&str] = &[
    "dockerd",
    "containerd",
    "docker-proxy",
    "dockerd-rootless",
    "rootlesskit",
    "dockerd-rootles",
    "docker-containe",
];

/// The tools whose output is kept.
pub const TOOLS: &[WantedTool] = &[
    WantedTool { name: "auditctl", arguments: &["-l"], needs_one_of: &[] },
    WantedTool { name: "nft", arguments: &["-j", "list", "ruleset"], needs_one_of: NFT },
    WantedTool { name: "iptables-save", arguments: &[], needs_one_of: FIREWALL },
    WantedTool { name: "ip6tables-save", arguments: &[], needs_one_of: FIREWALL },
];

const NFT: &[&str] = &["/sys/module/nf_tables"];
const FIREWALL: &[&str] =
    &["/sys/module/nf_tables", "/sys/module/ip_tables", "/proc/net/ip_tables_names"];

#[rustfmt::skip]
const TEXTS: &[&str] = &[
    "/etc/docker/daemon.json", "/etc/default/docker", "/etc/sysconfig/docker",
    "/etc/sysconfig/docker-storage", "/etc/sysconfig/docker-network", "/etc/conf.d/docker",
    "/etc/containerd/config.toml", "/etc/passwd", "/etc/group", "/etc/subuid", "/etc/subgid",
    "/etc/sudoers", "/etc/audit/audit.rules", "/etc/audit/auditd.conf", "/etc/os-release",
    "/etc/hostname", "/etc/ufw/ufw.conf", "/etc/default/ufw", "/etc/ufw/user.rules",
    "/etc/ufw/user6.rules", "/etc/ufw/after.rules", "/etc/ufw/after6.rules", "/etc/nftables.conf",
    "/etc/apparmor.d/docker", "/etc/logrotate.d/docker", "/etc/profile.d/docker.sh",
    "/etc/environment", "/proc/self/mountinfo", "/proc/net/tcp", "/proc/net/tcp6", "/proc/net/udp",
    "/proc/net/udp6",
    "/proc/version", "/proc/cmdline", "/proc/1/cgroup", "/proc/1/comm", "/proc/filesystems",
    "/proc/sys/kernel/seccomp/actions_avail", "/sys/kernel/security/lsm",
    "/sys/kernel/security/lockdown", "/sys/module/apparmor/parameters/enabled",
    "/sys/kernel/security/apparmor/profiles", "/sys/fs/selinux/enforce",
    "/sys/fs/cgroup/cgroup.controllers",
];

#[rustfmt::skip]
const FACTS: &[&str] = &[
    "/bin", "/sbin", "/lib", "/var/run", "/usr/bin/ctr",
    "/usr/bin/docker-compose", "/usr/local/bin/docker-compose", "/usr/bin/podman",

    "/run/docker.sock", "/var/run/docker.sock", "/run/containerd/containerd.sock",
    "/run/containerd", "/run/docker.pid", "/run/docker", "/var/lib/docker", "/var/lib/containerd",
    "/etc/containerd",
    "/usr/bin/dockerd", "/usr/sbin/dockerd", "/usr/bin/docker", "/usr/bin/containerd",
    "/usr/local/bin/dockerd", "/usr/local/bin/containerd", "/usr/local/bin/runc",
    "/usr/local/bin/docker", "/usr/local/bin/containerd-shim-runc-v2",
    "/usr/bin/containerd-shim", "/usr/bin/containerd-shim-runc-v1",
    "/usr/bin/containerd-shim-runc-v2", "/usr/bin/runc", "/usr/sbin/runc", "/usr/bin/docker-proxy",
    "/usr/bin/docker-init", "/usr/libexec/docker/docker-proxy", "/usr/bin/rootlesskit",
    "/var/lib/dpkg/status", "/var/lib/dpkg/lock", "/var/lib/rpm", "/usr/lib/sysimage/rpm",
    "/lib/apk/db/installed", "/var/lib/apt/periodic/update-success-stamp", "/var/lib/apt/lists",
    "/var/log/dpkg.log", "/var/log/apt/history.log", "/var/log/dnf.log", "/var/cache/dnf",
    "/sys/module/nf_tables", "/sys/module/ip_tables", "/sys/module/br_netfilter",
    "/sys/fs/selinux", "/sys/fs/cgroup", "/sys/kernel/security/apparmor", "/usr/sbin/ufw",
    "/usr/sbin/auditctl", "/sbin/auditctl", "/run/podman/podman.sock", "/run/crio/crio.sock",
    "/proc/1/ns/user", "/run/systemd/system",
];

const FOLDERS: &[&str] = &["/etc/docker", "/run/user", "/etc/apt/apt.conf.d"];

/// Certificates and keys of registries: facts of each, text of none.
const TREES: &[&str] = &["/etc/docker/certs.d"];

const TEXT_FOLDERS: &[(&str, &str)] =
    &[("/etc/audit/rules.d", ".rules"), ("/etc/sudoers.d", ""), ("/etc/docker/seccomp", ".json")];

const UNIT_FOLDERS: &[&str] = &[
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
];

const UNITS: &[&str] = &["docker.service", "docker.socket", "containerd.service"];

const HOME_PATHS: &[(&str, Take)] = &[
    (".config/docker/daemon.json", Take::Text),
    (".config/systemd/user/docker.service", Take::Text),
    (".config/systemd/user/docker.service.d", Take::Texts(".conf")),
    (".docker", Take::Facts),
    (".docker/config.json", Take::Facts),
    (".docker/contexts/meta", Take::Context),
    (".local/share/docker", Take::Facts),
];

#[rustfmt::skip]
const SYSCTLS: &[&str] = &[
    "kernel/osrelease", "kernel/hostname", "kernel/unprivileged_bpf_disabled",
    "kernel/unprivileged_userns_clone", "kernel/apparmor_restrict_unprivileged_userns",
    "kernel/yama/ptrace_scope", "kernel/kptr_restrict", "kernel/dmesg_restrict",
    "kernel/randomize_va_space", "kernel/perf_event_paranoid", "kernel/core_pattern",
    "kernel/modules_disabled", "kernel/kexec_load_disabled", "kernel/sysrq", "kernel/pid_max",
    "kernel/keys/root_maxkeys", "user/max_user_namespaces", "fs/protected_hardlinks",
    "fs/protected_symlinks", "fs/protected_fifos", "fs/protected_regular", "fs/suid_dumpable",
    "fs/inotify/max_user_instances", "vm/overcommit_memory", "vm/panic_on_oom",
    "net/ipv4/ip_forward", "net/ipv4/tcp_syncookies", "net/ipv4/ip_unprivileged_port_start",
    "net/ipv4/conf/all/rp_filter", "net/ipv4/conf/all/accept_redirects",
    "net/ipv4/conf/all/send_redirects", "net/ipv4/conf/all/accept_source_route",
    "net/ipv4/conf/all/route_localnet", "net/ipv4/conf/docker0/route_localnet",
    "net/ipv4/icmp_echo_ignore_broadcasts", "net/ipv6/conf/all/forwarding",
    "net/ipv6/conf/all/accept_redirects", "net/bridge/bridge-nf-call-iptables",
    "net/bridge/bridge-nf-call-ip6tables",
];

/// A longer path is none.
const MAX_PATH: usize = 4_096;
/// More named paths than this are not looked at.
const MAX_NAMED: usize = 20_000;
/// A unit has fewer lines.
const MAX_LINES: usize = 10_000;
/// A command line has fewer words.
const MAX_WORDS: usize = 1_000;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{TOOLS, Take, named_files, wanted_files};
    use crate::{Collected, FileFacts, FileKind, Known, Reach};

    fn file(text: &str) -> Known<FileFacts> {
        Known::Had(FileFacts {
            kind: FileKind::File,
            owner: 0,
            group: 0,
            mode: 0o644,
            size: 1,
            modified: 0,
            link: None,
            text: Known::Had(text.to_owned()),
            entries: Known::Absent,
        })
    }

    #[test]
    fn paths_are_absolute_and_asked_for_once() {
        let homes = BTreeSet::from(["/root".to_owned()]);
        let wanted = wanted_files(&homes);
        let mut paths: Vec<&str> = wanted.iter().map(|it| it.path.as_str()).collect();
        assert!(paths.iter().all(|it| it.starts_with('/') && !it.ends_with('/')));
        assert!(paths.contains(&"/root/.config/docker/daemon.json"));
        assert!(paths.contains(&"/run/systemd/system/docker.socket"));
        let n_paths = paths.len();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), n_paths);
    }

    #[test]
    fn settings_and_units_name_further_paths_and_keys_are_never_read() {
        let mut collected = Collected::new("box", 0, Reach::Host);
        let settings = r#"{"tlskey": "/k.pem", "seccomp-profile": "/s.json", "data-root": "/d/",
            "hosts": ["unix:///x.sock", "tcp://0.0.0.0:1"], "runtimes": {"r": {"path": "/r"}}}"#;
        collected.files.insert("/etc/docker/daemon.json".to_owned(), file(settings));
        let unit = "[Service]\nEnvironmentFile=-/etc/e\nExecStart=/d -H unix:///y --tlscert=/c\n";
        collected.files.insert("/lib/systemd/system/docker.service".to_owned(), file(unit));
        let named = named_files(&collected);
        let told: Vec<(&str, Take)> = named.iter().map(|it| (it.path.as_str(), it.take)).collect();
        let facts = |path| (path, Take::Facts);
        let expected = [
            facts("/c"),
            facts("/d"),
            ("/etc/e", Take::Text),
            facts("/k.pem"),
            facts("/r"),
            ("/s.json", Take::Text),
            facts("/x.sock"),
            facts("/y"),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn settings_of_a_user_choose_no_text_that_root_reads() {
        let mut collected = Collected::new("box", 0, Reach::Host);
        let Known::Had(mut facts) = file(r#"{"seccomp-profile": "/etc/shadow"}"#) else { return };
        facts.owner = 1_000;
        let path = "/home/u/.config/docker/daemon.json";
        collected.files.insert(path.to_owned(), Known::Had(facts));
        assert_eq!(named_files(&collected)[0].take, Take::Facts);
    }

    #[test]
    fn tools_are_called_by_their_command_line() {
        let commands: Vec<String> = TOOLS.iter().map(super::WantedTool::command).collect();
        assert_eq!(commands[0], "auditctl -l");
        assert_eq!(commands[1], "nft -j list ruleset");
        assert_eq!(commands[2], "iptables-save");
    }
}
