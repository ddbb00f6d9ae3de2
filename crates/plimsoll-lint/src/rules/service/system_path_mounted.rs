use plimsoll_finding::{Check, Sink};
use plimsoll_posture::MountKind;

use crate::{
    host_path::{HostPath, host_path, mount_source},
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
    for mount in &subject.service().mounts {
        if mount.value.kind == MountKind::Tmpfs {
            continue;
        }
        let Some(source) = mount_source(mount) else { continue };
        if host_path(&source) != HostPath::System {
            continue;
        }
        let place = part_place(subject, "volumes", &subject.place(mount), &["source"]);
        let message = format!("`{source}` belongs to the system of the host; use a volume");
        let _ = sink.report_at(place, message);
    }
}
