use plimsoll_finding::{Check, Severity, Sink};
use plimsoll_posture::{MountKind, ServiceOrigin};

use crate::{
    host_path::{HostPath, host_path, mount_source, normal_path},
    rule::rule,
    service_place::part_place,
    subject::service::ServiceSubject,
};

rule! {
    /// A folder that the host rests on is mounted.
    ///
    /// ## Why
    /// Whoever writes to `/etc`, `/usr` or `/var/lib/docker` of the host decides what root runs
    /// there; whoever reads `/root` or a home folder has its keys. A read-only mount stops the
    /// writing, not the reading.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   backup:
    ///     image: example.com/backup:1.4
    ///     volumes:
    ///       - /:/host
    ///       # ^ sensitive-host-path-mounted
    ///       - /srv/../etc:/host-etc:ro
    ///       # ^ sensitive-host-path-mounted
    ///       - ~/.ssh:/root/.ssh
    ///       # ^ sensitive-host-path-mounted
    ///       - type: bind
    ///         source: /var/lib/docker
    ///         # ^ sensitive-host-path-mounted
    ///         target: /docker
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     volumes:
    ///       - ./data:/data
    ///       - /etc/localtime:/etc/localtime:ro
    ///       - ${CONFIG}/etc:/config
    ///       - etc:/etc
    ///       - /srv/app:/srv
    /// volumes:
    ///   etc:
    /// ```
    ///
    /// ## Limits
    /// Symbolic links of the host are not known. A path that starts with a variable without a value
    /// is not judged.
    ///
    /// ## References
    /// - Compose Specification: `volumes`
    /// - CIS Docker Benchmark, section 5: sensitive host system directories
    "sensitive-host-path-mounted" for ServiceSubject {
        aliases: [
            "kics:volume_has_sensitive_host_directory", "compose-lint:CL-0013",
            "compose-lint:CL-0025", "docker-bench:5.6",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["runtime.sensitive-mounts"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let is_container = subject.service().origin == ServiceOrigin::Container;
    for mount in &subject.service().mounts {
        if mount.value.kind == MountKind::Tmpfs {
            continue;
        }
        let Some(source) = mount_source(mount) else { continue };
        let kind = host_path(&source);
        if kind < HostPath::Sensitive || (is_container && is_engine_folder(&source)) {
            continue;
        }
        let place = part_place(subject, "volumes", &subject.place(mount), &["source"]);
        let severity = match (kind, mount.value.read_only) {
            (HostPath::RootEquivalent, false) => Severity::Critical,
            (_, false) => Severity::High,
            (_, true) => Severity::Medium,
        };
        let message = if mount.value.read_only {
            format!("the container reads `{source}` of the host; mount only what it needs")
        } else {
            format!("the container writes to `{source}` of the host; mount only what it needs")
        };
        let _ = sink.report_at(place, message).severity(severity);
    }
}

/// The folder of the engine's socket, which is another rule's for a container that is there.
fn is_engine_folder(source: &str) -> bool {
    normal_path(source).is_some_and(|it| it == "/run")
}
