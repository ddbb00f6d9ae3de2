//! The host under the engine: where its data lies, how it is hardened and kept up, and whose
//! numbers containers are given.

use plimsoll_finding::{RuleInfo, Severity};
use plimsoll_host::{Host, Known, Mount, SubordinateRange, mount_of};

use crate::{
    check::{Answer, Check, Facts, Fault, host_rule},
    value::{days, text, texts},
};

pub(super) static CHECKS: &[Check] = &[
    Check {
        info: RuleInfo {
            aliases: &["docker-bench:1.1.1"],
            controls: &["host.data-root-partition"],
            doc: DATA_ROOT,
            file: file!(),
            ..host_rule("data-root-on-system-partition")
        },
        judge: judge_data_root,
    },
    Check {
        info: RuleInfo {
            aliases: &["docker-bench:1.2.1"],
            severity: Severity::Info,
            controls: &["host.hardened"],
            doc: HARDENED,
            file: file!(),
            ..host_rule("unhardened-host")
        },
        judge: judge_hardened,
    },
    Check {
        info: RuleInfo {
            controls: &["host.hardened"],
            doc: PACKAGES,
            file: file!(),
            ..host_rule("stale-host-packages")
        },
        judge: judge_packages,
    },
    Check {
        info: RuleInfo {
            severity: Severity::High,
            doc: RANGES,
            file: file!(),
            ..host_rule("shared-subordinate-numbers")
        },
        judge: judge_ranges,
    },
];

const DATA_ROOT: &str = "Data of the engine on the partition of the system.

## Why
Images, layers and logs of containers grow without end. On the system's own partition they fill it
up, and then nothing on the host works any more.

## Fails
```text
answer /info {\"DockerRootDir\": \"/var/lib/docker\"}
text /proc/self/mountinfo 22 1 8:1 / / rw - ext4 /dev/sda1 rw
```
```text
answer /info {\"DockerRootDir\": \"/var/lib/docker\"}
text /proc/self/mountinfo 22 1 8:1 / / rw - ext4 /dev/sda1 rw
text /proc/self/mountinfo 23 22 8:2 / /var rw - ext4 /dev/sda2 rw
```

## Passes
```text
answer /info {\"DockerRootDir\": \"/var/lib/docker\"}
text /proc/self/mountinfo 22 1 8:1 / / rw - ext4 /dev/sda1 rw
text /proc/self/mountinfo 23 22 8:2 / /var/lib/docker rw - ext4 /dev/sda2 rw
```
```text
answer /info {\"DockerRootDir\": \"/data/docker\"}
text /proc/self/mountinfo 22 1 8:1 / / rw - ext4 /dev/sda1 rw
text /proc/self/mountinfo 23 22 8:2 / /data rw - ext4 /dev/sda2 rw
```

## Unknown
```text
answer /info {\"DockerRootDir\": \"/var/lib/docker\"}
unknown /proc/self/mountinfo
```
```text
unknown-answer /info
```

## Limits
With the image store of containerd, images lie in its own folder, which is not looked at.
";

/// Places that the system itself fills.
const SYSTEM_POINTS: [&str; 9] =
    ["/", "/var", "/var/lib", "/home", "/usr", "/opt", "/srv", "/tmp", "/root"];

fn judge_data_root(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let target = answer.host();
    let info = facts.host.answer("/info");
    let Some(info) = answer.need(target.clone(), info, "there is no engine") else { return };
    let root = text(info, "/DockerRootDir");
    if root.is_empty() {
        let why = "the engine does not tell where its data lies";
        return answer.unknown(target, why, "ask an engine of version 20.10 or newer");
    }
    let mounts = facts.host.mounts.map(Vec::as_slice);
    let Some(mounts) = answer.need(target.clone(), mounts, "the host has no mounts") else {
        return;
    };
    let Some(mount) = mount_of(mounts, root) else {
        let why = "no mount holds the folder of the engine's data";
        return answer.unknown(target, why, "take the snapshot outside of any container");
    };
    let Mount { point, device, kind } = mount;
    let evidence = vec![format!("{root} lies on {device} ({kind}), mounted at {point}")];
    if !SYSTEM_POINTS.contains(&point.as_str()) {
        return answer.pass(target, "the engine's data has a file system of its own", evidence);
    }
    let message = format!("the engine's data in {root} shares the partition at {point}");
    let (setting, source) = ("data-root".to_owned(), "/proc/self/mountinfo".to_owned());
    answer.fail(target, Fault { message, setting, source, evidence, ..Fault::default() });
}

const HARDENED: &str = "Host that nobody has hardened.

## Why
Containers share the host's kernel, so a weak host makes weak containers. Whether it follows a
baseline of its own is for a benchmark of the operating system to say; what bears on containers is
laid ready.

## Manual
```text
text /etc/os-release PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"
text /proc/sys/kernel/unprivileged_bpf_disabled 2
```
";

/// Settings of the kernel that bear on containers.
const SYSCTLS: [&str; 8] = [
    "kernel/osrelease",
    "kernel/unprivileged_bpf_disabled",
    "kernel/kptr_restrict",
    "kernel/dmesg_restrict",
    "kernel/yama/ptrace_scope",
    "fs/protected_symlinks",
    "net/ipv4/conf/all/route_localnet",
    "user/max_user_namespaces",
];

fn judge_hardened(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let collected = facts.host.collected;
    let mut evidence = Vec::new();
    let release = collected.text("/etc/os-release");
    let name = release.had().and_then(|it| it.lines().find(|it| it.starts_with("PRETTY_NAME=")));
    evidence.extend(name.map(str::to_owned));
    for name in SYSCTLS {
        let path = format!("/proc/sys/{name}");
        if let Some(value) = collected.text(&path).had() {
            evidence.push(format!("{} = {}", name.replace('/', "."), value.trim()));
        }
    }
    if let Some(modules) = collected.text("/sys/kernel/security/lsm").had() {
        evidence.push(format!("security modules: {}", modules.trim()));
    }
    if let Some(info) = facts.host.answer("/info").had() {
        evidence.push(format!("cgroup version {}", text(info, "/CgroupVersion")));
        let options: Vec<&str> = texts(info, "/SecurityOptions").collect();
        evidence.push(format!("the engine uses {}", options.join("; ")));
    }
    let question =
        "does the host follow a baseline for its operating system, and where is the proof?";
    answer.manual(answer.host(), question, evidence);
}

const PACKAGES: &str = "Host whose packages nobody brought up to date for long.

## Why
Kernel, engine and runtime are packages like others, and break-outs are mended by updates. After
ninety days without any it is likely that some are missing.

## Fails
```text
file /var/lib/dpkg/status root:root 0644 modified=1700000000
absent /var/log/dpkg.log
```

## Passes
```text
file /var/lib/dpkg/status root:root 0644 modified=1795000000
```
```text
file /var/lib/dpkg/status root:root 0644 modified=1700000000
file /var/log/dpkg.log root:root 0644 modified=1795000000
```

## Unknown
```text
unknown /var/lib/dpkg/status
```

## Limits
When packages were changed is seen, not which ones; an update of one program counts like one of all.
";

/// Files that change whenever packages do.
const PACKAGE_STAMPS: [&str; 5] = [
    "/var/lib/dpkg/status",
    "/var/log/dpkg.log",
    "/var/lib/rpm",
    "/usr/lib/sysimage/rpm",
    "/lib/apk/db/installed",
];

const STALE_DAYS: i64 = 90;

fn judge_packages(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let collected = facts.host.collected;
    let target = answer.host();
    let stamps = PACKAGE_STAMPS.iter().filter_map(|path| {
        let modified = collected.file(path).had().map(|it| it.modified)?;
        Some((modified, *path))
    });
    let Some((modified, path)) = stamps.max() else {
        let known = collected.file(PACKAGE_STAMPS[0]);
        let (why, remedy) = match known {
            Known::Unknown { why, remedy } => (why, remedy),
            _ => (
                "no package manager's files were found".to_owned(),
                "see by hand when the host was last brought up to date".to_owned(),
            ),
        };
        return answer.unknown(target, &why, &remedy);
    };
    let now = i64::try_from(collected.taken_at).unwrap_or(i64::MAX);
    let age = now.saturating_sub(modified);
    let evidence = vec![format!("{path} changed {} ago", days(age))];
    if age <= STALE_DAYS * 86_400 {
        return answer.pass(target, "packages were changed lately", evidence);
    }
    let message = format!("no package of the host was changed for {}", days(age));
    let (setting, source) = ("packages".to_owned(), path.to_owned());
    answer.fail(target, Fault { message, setting, source, evidence, ..Fault::default() });
}

const RANGES: &str = "Numbers of users that two accounts may both give to their containers.

## Why
With user namespaces, what keeps one account's containers from another's is that their numbers
differ on the host. Ranges that overlap, or that hold the number of a real account, undo it: a
process in one container then owns the files of the other.

## Fails
```text
text /etc/subuid alice:100000:65536
text /etc/subuid bob:150000:65536
text /etc/subgid alice:100000:65536
```
```text
text /etc/subuid alice:500:65536
text /etc/subgid alice:100000:65536
```

## Passes
```text
text /etc/subuid alice:100000:65536
text /etc/subuid bob:165536:65536
text /etc/subuid alice:300000:10
text /etc/subgid alice:100000:65536
```
```text
absent /etc/subuid
absent /etc/subgid
```

## Unknown
```text
unknown /etc/subuid
absent /etc/subgid
```
";

fn judge_ranges(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    for path in ["/etc/subuid", "/etc/subgid"] {
        match facts.host.subordinate_ranges(path) {
            Known::Had(ranges) => judge_file(facts.host, path, ranges, answer),
            Known::Absent => {}
            Known::Unknown { why, remedy } => answer.unknown(answer.host(), &why, &remedy),
        }
    }
}

fn judge_file(
    host: &Host<'_>,
    path: &str,
    mut ranges: Vec<SubordinateRange>,
    answer: &mut Answer<'_>,
) {
    ranges.retain(|it| it.count > 0);
    ranges.sort_by_key(|it| (it.start, it.line));
    let fault = |message: String, range: &SubordinateRange| Fault {
        message,
        setting: range.owner.clone(),
        source: path.to_owned(),
        line: Some(range.line),
        ..Fault::default()
    };
    // The range that reaches furthest of those before.
    let mut furthest: Option<&SubordinateRange> = None;
    for range in &ranges {
        if let Some(before) =
            furthest.filter(|it| it.end() > range.start && it.owner != range.owner)
        {
            let (one, other) = (&before.owner, &range.owner);
            let message = format!("{one} and {other} share numbers from {} on", range.start);
            answer.fail(answer.host(), fault(message, range));
        }
        if furthest.is_none_or(|it| it.end() < range.end()) {
            furthest = Some(range);
        }
    }
    let accounts = host.accounts.had().into_iter().flatten();
    let mut numbers: Vec<(u64, &str)> = if path == "/etc/subuid" {
        accounts.map(|it| (u64::from(it.uid), it.name.as_str())).collect()
    } else {
        let groups = host.groups.had().into_iter().flatten();
        groups.map(|it| (u64::from(it.gid), it.name.as_str())).collect()
    };
    numbers.sort_unstable();
    for range in &ranges {
        let next = numbers.partition_point(|it| it.0 < range.start);
        let held = numbers.get(next).filter(|it| it.0 < range.end());
        if let Some((number, name)) = held {
            let message =
                format!("containers of {} may take number {number}, which is {name}", range.owner);
            answer.fail(answer.host(), fault(message, range));
        }
    }
}
