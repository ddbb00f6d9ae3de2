use plimsoll_finding::{Check, Sink};
use plimsoll_posture::{MountKind, ServiceOrigin};

use crate::{
    host_path::{HostPath, host_path, is_at_or_below, mount_source, normal_path},
    rule::rule,
    service_place::part_place,
    subject::service::ServiceSubject,
};

rule! {
    /// Something below a system folder of the host is mounted.
    ///
    /// ## Why
    /// Paths below `/var`, `/etc`, `/home` or `/usr` belong to the host's own programs and people.
    /// Data of a service is better kept in a volume or a folder of its own.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     volumes:
    ///       - /var/lib/app:/data
    ///       # ^ system-path-mounted
    ///       - type: bind
    ///         source: /etc/letsencrypt
    ///         # ^ system-path-mounted
    ///         target: /certificates
    ///         read_only: true
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     volumes:
    ///       - ./data:/data
    ///       - data:/var/lib/app
    ///       - /etc/localtime:/etc/localtime:ro
    /// volumes:
    ///   data:
    /// ```
    ///
    /// ## Limits
    /// Folders that the host rests on are reported by another rule.
    ///
    /// ## References
    /// - Compose Specification: `volumes`
    /// - CIS Docker Benchmark, section 5: sensitive host system directories
    "system-path-mounted" for ServiceSubject {
        aliases: ["kics:volume_has_sensitive_host_directory"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
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
        if host_path(&source) != HostPath::System || (is_container && is_for_data(&source)) {
            continue;
        }
        let place = part_place(subject, "volumes", &subject.place(mount), &["source"]);
        let message = format!("`{source}` belongs to the system of the host; use a volume");
        let _ = sink.report_at(place, message);
    }
}

/// Whether the path lies where a host keeps data; for a container that is there nobody can say any
/// more that a volume was meant.
fn is_for_data(source: &str) -> bool {
    let folders = ["/srv", "/media", "/run", "/var", "/cdrom"];
    normal_path(source).is_some_and(|path| folders.iter().any(|it| is_at_or_below(&path, it)))
}
