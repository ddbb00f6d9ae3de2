//! What a path of the host is worth to whoever gets hold of it in a container. Knows no rule.

use plimsoll_posture::{Mount, Setting};

/// What a mounted path of the host gives away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum HostPath {
    /// Nothing that the host itself rests on.
    Plain,
    /// Something below a folder of the system.
    System,
    /// Settings, keys or programs that the host rests on.
    Sensitive,
    /// Whoever writes there is root on the host.
    RootEquivalent,
}

/// What `path` is; it may hold `..` and doubled slashes.
pub(crate) fn host_path(path: &str) -> HostPath {
    let Some(path) = normal_path(path) else { return HostPath::Plain };
    let path = path.as_str();
    let below = |list: &[&str]| list.iter().any(|it| is_at_or_below(path, it));
    if below(HARMLESS) {
        HostPath::Plain
    } else if ROOT_EQUIVALENT.contains(&path) || below(ROOT_EQUIVALENT_BELOW) {
        HostPath::RootEquivalent
    } else if SENSITIVE.contains(&path) || below(SENSITIVE_BELOW) || holds_keys(path) {
        HostPath::Sensitive
    } else if below(SYSTEM) {
        HostPath::System
    } else {
        HostPath::Plain
    }
}

/// An absolute path, or one below the home folder (`~`), without `.`, `..` and doubled slashes;
/// `None` for others. `/var/run` is `/run`, as on every system that Docker runs on.
pub(crate) fn normal_path(path: &str) -> Option<String> {
    let path = path.trim();
    let (root, rest) = match path.strip_prefix('/') {
        Some(rest) => ("", rest),
        None => ("~", path.strip_prefix('~').filter(|it| it.is_empty() || it.starts_with('/'))?),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in rest.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    if root.is_empty() && parts.starts_with(&["var", "run"]) {
        parts.remove(0);
    }
    let joined = parts.join("/");
    match (root.is_empty(), joined.is_empty()) {
        (true, _) => Some(format!("/{joined}")),
        (false, true) => Some(root.to_owned()),
        (false, false) => Some(format!("{root}/{joined}")),
    }
}

/// Whether `path` is `folder` or lies in it; both in their normal form.
pub(crate) fn is_at_or_below(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder);
    rest.is_some_and(|it| it.is_empty() || it.starts_with('/') || folder == "/")
}

/// The path of the host that a mount brings in, as far as it is known: not where it starts with a
/// variable that has no value here. `$HOME` is the home folder.
pub(crate) fn mount_source(mount: &Setting<Mount>) -> Option<String> {
    let source = mount.value.source.as_deref()?;
    let written = mount.location().map(plimsoll_text::Location::text).unwrap_or_default();
    let written = written.trim_start_matches(['"', '\'', '-', ' ']);
    for home in ["$HOME", "${HOME}"] {
        let rest =
            written.strip_prefix(home).filter(|it| it.starts_with(['/', ':']) || it.is_empty());
        if let Some(rest) = rest {
            return Some(format!("~{}", rest.split(':').next().unwrap_or_default()));
        }
    }
    // A variable without a value becomes nothing, and `$DATA/etc` then looks like `/etc`.
    (!starts_with_unset_variable(written, source)).then(|| source.to_owned())
}

/// Whether the text behind a leading variable is all that is left of it in `value`.
pub(crate) fn starts_with_unset_variable(written: &str, value: &str) -> bool {
    let Some(mut rest) = written.strip_prefix('$') else { return false };
    if let Some(braced) = rest.strip_prefix('{') {
        let Some((name, after)) = braced.split_once('}') else { return false };
        if name.contains('-') {
            return false;
        }
        rest = after;
    } else {
        rest = rest.trim_start_matches(|it: char| it.is_ascii_alphanumeric() || it == '_');
    }
    let head = rest.split(':').next().unwrap_or_default();
    head.trim_end_matches(['"', '\'']) == value
}

/// Whether a path holds the keys of a user.
fn holds_keys(path: &str) -> bool {
    let rest = path.strip_prefix("~/").or_else(|| {
        let home = path.strip_prefix("/home/")?;
        home.split_once('/').map(|it| it.1)
    });
    rest.is_some_and(|rest| USER_KEYS.iter().any(|it| is_at_or_below(rest, it)))
}

/// Whoever writes to one of these decides what root runs.
static ROOT_EQUIVALENT: &[&str] = &[
    "/",
    "/etc",
    "/root",
    "/boot",
    "/bin",
    "/sbin",
    "/lib",
    "/lib64",
    "/usr",
    "/usr/bin",
    "/usr/sbin",
    "/usr/lib",
    "/usr/local",
    "/usr/local/bin",
    "/var",
    "/var/lib",
    "/var/lib/docker",
    "/dev",
    "/proc",
    "/sys",
    "/run",
    "/etc/passwd",
    "/etc/shadow",
    "/etc/sudoers",
    "/etc/crontab",
    "/etc/ld.so.preload",
];

/// As above, with everything in them.
static ROOT_EQUIVALENT_BELOW: &[&str] = &[
    "/boot",
    "/root",
    "/var/lib/docker",
    "/var/lib/containerd",
    "/var/lib/kubelet",
    "/etc/cron.d",
    "/etc/cron.daily",
    "/etc/cron.hourly",
    "/etc/sudoers.d",
    "/etc/systemd",
    "/etc/pam.d",
    "/etc/ssh",
    "/etc/docker",
    "/etc/init.d",
    "/etc/profile.d",
    "/proc/sys",
    "/proc/sysrq-trigger",
    "/sys/kernel",
    "/sys/fs/cgroup",
    "/etc/kubernetes",
    "/var/spool/cron",
    "/usr/lib/systemd",
    "/lib/systemd",
];

/// Folders that give away more than a service should know.
static SENSITIVE: &[&str] = &["/home", "~", "/var/log", "/mnt", "/media", "/opt", "/srv"];

/// As above, with everything in them.
static SENSITIVE_BELOW: &[&str] =
    &["/etc/ssl/private", "/etc/pki/tls/private", "/proc", "/dev/mem", "/dev/kmem", "/etc/gshadow"];

/// Folders in a home folder that hold keys.
static USER_KEYS: &[&str] = &[
    ".ssh",
    ".aws",
    ".kube",
    ".docker",
    ".gnupg",
    ".azure",
    ".config/gcloud",
    ".netrc",
    ".npmrc",
    ".pypirc",
    ".git-credentials",
    ".bash_history",
    ".vault-token",
];

/// The folders of the system itself.
static SYSTEM: &[&str] = &[
    "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib64", "/media", "/proc", "/root", "/run",
    "/sbin", "/srv", "/sys", "/usr", "/var", "/cdrom", "/selinux",
];

/// What services are often and rightly given: the time zone, public certificates, kernel modules,
/// graphics and sound.
static HARMLESS: &[&str] = &[
    "/etc/localtime",
    "/etc/timezone",
    "/usr/share/zoneinfo",
    "/etc/ssl/certs",
    "/etc/pki/ca-trust",
    "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates",
    "/lib/modules",
    "/dev/shm",
    "/dev/dri",
    "/dev/snd",
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/machine-id",
    "/tmp/.X11-unix",
    "/dev/null",
    "/dev/log",
];

#[cfg(test)]
mod tests {
    use super::{HostPath, host_path, normal_path, starts_with_unset_variable};

    #[test]
    fn paths_have_one_normal_form() {
        let table = [
            ("/", Some("/")),
            ("/etc/../etc//ssh/.", Some("/etc/ssh")),
            ("/../..", Some("/")),
            ("/var/run/docker.sock", Some("/run/docker.sock")),
            ("/var/running", Some("/var/running")),
            ("~", Some("~")),
            ("~/.ssh/", Some("~/.ssh")),
            ("~someone/x", None),
            ("./etc", None),
            ("data", None),
        ];
        for (path, expected) in table {
            assert_eq!(normal_path(path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn paths_are_told_apart() {
        let table = [
            ("/", HostPath::RootEquivalent),
            ("/srv/../etc", HostPath::RootEquivalent),
            ("/var/run", HostPath::RootEquivalent),
            ("/var/lib/docker/volumes", HostPath::RootEquivalent),
            ("/home", HostPath::Sensitive),
            ("/home/me/.ssh/id", HostPath::Sensitive),
            ("~/.aws", HostPath::Sensitive),
            ("/var/lib/app", HostPath::System),
            ("/etcetera", HostPath::Plain),
            ("/etc/localtime", HostPath::Plain),
            ("./data", HostPath::Plain),
            ("/data", HostPath::Plain),
        ];
        for (path, expected) in table {
            assert_eq!(host_path(path), expected, "{path}");
        }
    }

    #[test]
    fn a_variable_without_value_is_no_root() {
        assert!(starts_with_unset_variable("${DATA}/etc:/etc", "/etc"));
        assert!(starts_with_unset_variable("$DATA/etc", "/etc"));
        assert!(!starts_with_unset_variable("${DATA:-}/etc:/etc", "/etc"));
        assert!(!starts_with_unset_variable("${DATA}/x", "/etc/x"));
        assert!(!starts_with_unset_variable("/etc:/etc", "/etc"));
    }
}
