//! Owners and modes of the engine's files: one table.
//!
//! Modes are compared bit by bit: a bit that is set and not allowed is a fault, whatever the mode
//! is as a number.

use plimsoll_finding::{RuleInfo, Severity};
use plimsoll_host::{FileFacts, FileKind, Host, Known, unit_files};

use crate::check::{Answer, Check, Facts, Fault, host_rule};

/// A file of the engine; some are several on one host.
#[derive(Clone, Copy)]
enum Subject {
    DockerService,
    DockerSocketUnit,
    EtcDocker,
    RegistryCertificates,
    /// The file that an option of the daemon names.
    Tls(&'static str),
    DockerSocket,
    DaemonJson,
    Default,
    Sysconfig,
    ContainerdSocket,
}

impl Subject {
    /// The paths to look at.
    fn paths(self, host: &Host<'_>) -> Vec<String> {
        let owned = |paths: &[&str]| paths.iter().map(|it| (*it).to_owned()).collect();
        let units = |name: &str| {
            let mut res: Vec<String> = owned(&unit_files(host.collected, name));
            // Where `/lib` is a link, both names lead to one file.
            let facts = |path: &str| host.collected.file(path).had().copied();
            res.retain(|it| {
                let twin = format!("/usr{it}");
                !it.starts_with("/lib/") || facts(&twin).is_none() || facts(&twin) != facts(it)
            });
            if res.is_empty() {
                res.push(format!("/lib/systemd/system/{name}"));
            }
            res
        };
        match self {
            Self::DockerService => units("docker.service"),
            Self::DockerSocketUnit => units("docker.socket"),
            Self::EtcDocker => owned(&["/etc/docker"]),
            Self::RegistryCertificates => registry_certificates(host),
            Self::Tls(option) => host.daemon_option(option).into_iter().collect(),
            Self::DockerSocket => sockets(host),
            Self::DaemonJson => owned(&[DAEMON_JSON]),
            Self::Default => owned(&["/etc/default/docker"]),
            Self::Sysconfig => owned(&["/etc/sysconfig/docker"]),
            Self::ContainerdSocket => owned(&["/run/containerd/containerd.sock"]),
        }
    }

    /// Why there may be none on a host in good order.
    fn absence(self, host: &Host<'_>) -> Known<String> {
        match self {
            Self::Tls(option) => match host.settings.unknown.first() {
                Some((why, remedy)) => Known::unknown(why, remedy),
                None => Known::Had(format!("the daemon is given no `{option}` that is there")),
            },
            Self::RegistryCertificates => match host.collected.file(CERTIFICATES) {
                Known::Unknown { why, remedy } => Known::unknown(why, remedy),
                _ => Known::Had("there are no certificates of registries".to_owned()),
            },
            _ => Known::Had("there is no such file on this host".to_owned()),
        }
    }
}

const DAEMON_JSON: &str = "/etc/docker/daemon.json";
const CERTIFICATES: &str = "/etc/docker/certs.d";

fn registry_certificates(host: &Host<'_>) -> Vec<String> {
    let below = host.collected.files.range(format!("{CERTIFICATES}/")..);
    let below = below.take_while(|it| it.0.starts_with(CERTIFICATES));
    let is_file = |known: &Known<FileFacts>| known.had().is_none_or(|it| it.kind == FileKind::File);
    below.filter(|it| is_file(it.1)).map(|it| it.0.clone()).collect()
}

/// The sockets of the engine: the usual one, and those that its arguments or its file name.
fn sockets(host: &Host<'_>) -> Vec<String> {
    let mut res = vec!["/run/docker.sock".to_owned()];
    for address in host.daemon_hosts() {
        let path = address.strip_prefix("unix://");
        res.extend(path.filter(|it| it.starts_with('/')).map(str::to_owned));
    }
    for path in &mut res {
        if let Some(rest) = path.strip_prefix("/var/run/") {
            *path = format!("/run/{rest}");
        }
    }
    res.sort();
    res.dedup();
    // Either name will do where the snapshot holds only the other.
    for path in &mut res {
        let other = format!("/var{path}");
        let is_held = host.collected.files.contains_key(path);
        if !is_held && host.collected.files.contains_key(&other) {
            *path = other;
        }
    }
    res
}

/// Looks at each file of `subject`; `fault` says what is wrong with one.
fn judge(
    subject: Subject,
    setting: &str,
    facts: &Facts<'_>,
    answer: &mut Answer<'_>,
    fault: impl Fn(&str, &FileFacts) -> Option<String>,
) {
    let host = facts.host;
    let mut evidence = Vec::new();
    let mut is_any = false;
    for path in subject.paths(host) {
        match host.collected.file(&path) {
            Known::Had(file) => {
                is_any = true;
                let fact = format!("{path} is {}", host.permissions(file));
                match fault(&path, file) {
                    None => evidence.push(fact),
                    Some(message) => {
                        let (setting, source) = (setting.to_owned(), path);
                        let evidence = vec![fact];
                        let fault =
                            Fault { message, setting, source, evidence, ..Fault::default() };
                        answer.fail(answer.host(), fault);
                    }
                }
            }
            Known::Absent => {}
            Known::Unknown { why, remedy } => {
                is_any = true;
                answer.unknown(answer.host(), &why, &remedy);
            }
        }
    }
    if !evidence.is_empty() {
        answer.pass(answer.host(), format!("the {setting} is as it should be"), evidence);
    }
    if !is_any {
        match subject.absence(host) {
            Known::Had(why) => answer.not_applicable(answer.host(), why),
            Known::Absent => {}
            Known::Unknown { why, remedy } => answer.unknown(answer.host(), &why, &remedy),
        }
    }
}

/// Owner and group must be root's; for a socket of the engine the group may be `docker`.
fn judge_owner(subject: Subject, facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let host = facts.host;
    let is_socket = matches!(subject, Subject::DockerSocket);
    judge(subject, "owner", facts, answer, |path, file| {
        // The engine of a user who is not root has its socket among that user's own.
        let is_rootless = is_socket && path.starts_with("/run/user/");
        let is_group_right =
            file.group == 0 || is_socket && host.group_name(file.group) == "docker" || is_rootless;
        if (file.owner == 0 || is_rootless) && is_group_right {
            return None;
        }
        let wanted = if is_socket { "root:docker" } else { "root:root" };
        let user = host.user_name(file.owner);
        let group = host.group_name(file.group);
        Some(format!("{path} belongs to {user}:{group}: give it to {wanted}"))
    });
}

/// No bit may be set that is not in `allowed`.
fn judge_mode(subject: Subject, allowed: u32, facts: &Facts<'_>, answer: &mut Answer<'_>) {
    judge(subject, "mode", facts, answer, |path, file| {
        // A client's key lies among the certificates and opens the registry to who reads it.
        let allowed = if path.ends_with(".key") { allowed & 0o440 } else { allowed };
        let extra = file.mode & !allowed;
        let mode = file.mode;
        let who = who_may(extra);
        (extra != 0)
            .then(|| format!("{path} has mode {mode:04o} ({who}): allow {allowed:04o} at most"))
    });
}

/// What bits beyond the allowed ones let whom do.
fn who_may(extra: u32) -> String {
    let named = [
        (0o4000, "setuid"),
        (0o2000, "setgid"),
        (0o1000, "sticky"),
        (0o002, "everybody may write"),
        (0o004, "everybody may read"),
        (0o001, "everybody may execute"),
        (0o020, "the group may write"),
        (0o040, "the group may read"),
        (0o010, "the group may execute"),
        (0o200, "the owner may write"),
        (0o100, "the owner may execute"),
    ];
    let words = named.iter().filter(|it| extra & it.0 != 0).map(|it| it.1);
    words.collect::<Vec<_>>().join(", ")
}

/// A check of owner and group: id, number at docker-bench, control, subject, what it is, setting
/// that a snapshot needs, path, kind of file, right and wrong owner.
macro_rules! owner {
    ($id:literal, $number:literal, $key:literal, $severity:ident, $subject:expr,
     $what:literal, $before:literal, $path:literal, $kind:literal, $right:literal) => {
        Check {
            info: RuleInfo {
                aliases: &[concat!("docker-bench:", $number)],
                severity: Severity::$severity,
                controls: &[$key],
                doc: concat!(
                    $what,
                    " that does not belong to root.\n\n## Why\nWho owns a file may change ",
                    "it and its mode at any time. What the engine reads or listens on decides ",
                    "what runs as root, so its owner is as good as root.\n\n",
                    "## Fails\n```text\n",
                    $before,
                    "file ",
                    $path,
                    " alice:root 0400",
                    $kind,
                    "\n```\n```text\n",
                    $before,
                    "file ",
                    $path,
                    " root:alice 0400",
                    $kind,
                    "\n```\n\n## Passes\n```text\n",
                    $before,
                    "file ",
                    $path,
                    " ",
                    $right,
                    " 0400",
                    $kind,
                    "\n```\n\n## Unknown\n```text\n",
                    $before,
                    "unknown ",
                    $path,
                    "\n```\n",
                ),
                file: file!(),
                ..host_rule($id)
            },
            judge: |facts, answer| judge_owner($subject, facts, answer),
        }
    };
}

/// A check of the mode: as above, with the widest mode allowed and one that is a smaller number and
/// yet too wide.
macro_rules! mode {
    ($id:literal, $number:literal, $key:literal, $severity:ident, $subject:expr,
     $what:literal, $before:literal, $path:literal, $kind:literal,
     $allowed:literal, $right:literal, $wrong:literal) => {
        Check {
            info: RuleInfo {
                aliases: &[concat!("docker-bench:", $number)],
                severity: Severity::$severity,
                controls: &[$key],
                doc: concat!(
                    $what,
                    " that others may change or read.\n\n## Why\nA bit too many in the mode ",
                    "lets accounts other than root read or change what the engine trusts. Modes ",
                    "are compared bit by bit: a smaller number can be the wider mode.\n\n",
                    "## Fails\n```text\n",
                    $before,
                    "file ",
                    $path,
                    " root:root ",
                    $wrong,
                    $kind,
                    "\n```\n\n## Passes\n```text\n",
                    $before,
                    "file ",
                    $path,
                    " root:root ",
                    $right,
                    $kind,
                    "\n```\n```text\n",
                    $before,
                    "file ",
                    $path,
                    " root:root 0400",
                    $kind,
                    "\n```\n\n## Unknown\n```text\n",
                    $before,
                    "unknown ",
                    $path,
                    "\n```\n",
                ),
                file: file!(),
                ..host_rule($id)
            },
            judge: |facts, answer| judge_mode($subject, $allowed, facts, answer),
        }
    };
}

const TLS_CA: Subject = Subject::Tls("tlscacert");
const TLS_CERTIFICATE: Subject = Subject::Tls("tlscert");
const TLS_KEY: Subject = Subject::Tls("tlskey");

#[rustfmt::skip]
pub(super) static CHECKS: &[Check] = &[
    owner!("foreign-docker-service", "3.1", "files.docker-service-owner", High, Subject::DockerService,
        "Service unit of the engine", "", "/etc/systemd/system/docker.service", "", "root:root"),
    mode!("loose-docker-service-mode", "3.2", "files.docker-service-mode", High, Subject::DockerService,
        "Service unit of the engine", "", "/lib/systemd/system/docker.service", "", 0o644, "0644", "0466"),
    owner!("foreign-docker-socket-unit", "3.3", "files.docker-socket-unit-owner", High, Subject::DockerSocketUnit,
        "Socket unit of the engine", "", "/lib/systemd/system/docker.socket", "", "root:root"),
    mode!("loose-docker-socket-unit-mode", "3.4", "files.docker-socket-unit-mode", High, Subject::DockerSocketUnit,
        "Socket unit of the engine", "", "/lib/systemd/system/docker.socket", "", 0o644, "0644", "0577"),
    owner!("foreign-etc-docker", "3.5", "files.etc-docker-owner", High, Subject::EtcDocker,
        "Folder of the engine's settings", "", "/etc/docker", " folder", "root:root"),
    mode!("loose-etc-docker-mode", "3.6", "files.etc-docker-mode", High, Subject::EtcDocker,
        "Folder of the engine's settings", "", "/etc/docker", " folder", 0o755, "0755", "0747"),
    owner!("foreign-registry-certificate", "3.7", "files.registry-cert-owner", High, Subject::RegistryCertificates,
        "Certificate of a registry", "", "/etc/docker/certs.d/r.example/ca.crt", "", "root:root"),
    mode!("loose-registry-certificate-mode", "3.8", "files.registry-cert-mode", High, Subject::RegistryCertificates,
        "Certificate of a registry", "", "/etc/docker/certs.d/r.example/ca.crt", "", 0o444, "0444", "0377"),
    owner!("foreign-tls-ca", "3.9", "files.ca-owner", High, TLS_CA,
        "Certificate that the daemon trusts clients by", "text /etc/docker/daemon.json {\"tlscacert\": \"/tls/ca.pem\"}\n", "/tls/ca.pem", "", "root:root"),
    mode!("loose-tls-ca-mode", "3.10", "files.ca-mode", High, TLS_CA,
        "Certificate that the daemon trusts clients by", "process 9 dockerd dockerd --tlscacert=/tls/ca.pem\n", "/tls/ca.pem", "", 0o444, "0444", "0377"),
    owner!("foreign-tls-certificate", "3.11", "files.server-cert-owner", High, TLS_CERTIFICATE,
        "Certificate of the daemon", "text /etc/docker/daemon.json {\"tlscert\": \"/tls/c.pem\"}\n", "/tls/c.pem", "", "root:root"),
    mode!("loose-tls-certificate-mode", "3.12", "files.server-cert-mode", High, TLS_CERTIFICATE,
        "Certificate of the daemon", "process 9 dockerd dockerd --tlscert /tls/c.pem\n", "/tls/c.pem", "", 0o444, "0444", "0377"),
    owner!("foreign-tls-key", "3.13", "files.server-key-owner", High, TLS_KEY,
        "Key of the daemon", "text /etc/docker/daemon.json {\"tlskey\": \"/tls/k.pem\"}\n", "/tls/k.pem", "", "root:root"),
    mode!("loose-tls-key-mode", "3.14", "files.server-key-mode", Critical, TLS_KEY,
        "Key of the daemon", "text /etc/docker/daemon.json {\"tlskey\": \"/tls/k.pem\"}\n", "/tls/k.pem", "", 0o400, "0400", "0377"),
    owner!("foreign-docker-socket", "3.15", "files.sock-owner", Critical, Subject::DockerSocket,
        "Socket of the engine", "", "/run/docker.sock", " socket", "root:docker"),
    mode!("loose-docker-socket-mode", "3.16", "files.sock-mode", High, Subject::DockerSocket,
        "Socket of the engine", "", "/var/run/docker.sock", " socket", 0o660, "0660", "0646"),
    owner!("foreign-daemon-json", "3.17", "files.daemon-json-owner", High, Subject::DaemonJson,
        "daemon.json", "", "/etc/docker/daemon.json", "", "root:root"),
    mode!("loose-daemon-json-mode", "3.18", "files.daemon-json-mode", High, Subject::DaemonJson,
        "daemon.json", "", "/etc/docker/daemon.json", "", 0o644, "0644", "0607"),
    owner!("foreign-default-docker", "3.19", "files.default-owner", High, Subject::Default,
        "/etc/default/docker", "", "/etc/default/docker", "", "root:root"),
    mode!("loose-default-docker-mode", "3.20", "files.default-mode", High, Subject::Default,
        "/etc/default/docker", "", "/etc/default/docker", "", 0o644, "0644", "0577"),
    mode!("loose-sysconfig-docker-mode", "3.21", "files.sysconfig-mode", High, Subject::Sysconfig,
        "/etc/sysconfig/docker", "", "/etc/sysconfig/docker", "", 0o644, "0644", "0577"),
    owner!("foreign-sysconfig-docker", "3.22", "files.sysconfig-owner", High, Subject::Sysconfig,
        "/etc/sysconfig/docker", "", "/etc/sysconfig/docker", "", "root:root"),
    owner!("foreign-containerd-socket", "3.23", "files.containerd-sock-owner", High, Subject::ContainerdSocket,
        "Socket of containerd", "", "/run/containerd/containerd.sock", " socket", "root:root"),
    mode!("loose-containerd-socket-mode", "3.24", "files.containerd-sock-mode", High, Subject::ContainerdSocket,
        "Socket of containerd", "", "/run/containerd/containerd.sock", " socket", 0o660, "0660", "0646"),
];
