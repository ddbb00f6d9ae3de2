use plimsoll_finding::{Check, Sink};
use plimsoll_posture::{Mount, Service};

use crate::{rule::rule, service_place::part_place, subject::service::ServiceSubject};

rule! {
    /// A volume that several services mount.
    ///
    /// ## Why
    /// What one service writes the other reads: a break-in into one can reach the next through
    /// files. Often that is the very purpose; it should be known.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1.4
    ///     volumes:
    ///       - uploads:/uploads
    ///       # ^ volume-shared-between-services
    ///   worker:
    ///     image: example.com/worker:1.4
    ///     volumes:
    ///       - type: volume
    ///         source: uploads
    ///         # ^ volume-shared-between-services
    ///         target: /in
    /// volumes:
    ///   uploads:
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1.4
    ///     volumes: [web:/data]
    ///   worker:
    ///     image: example.com/worker:1.4
    ///     volumes: [worker:/data]
    /// volumes:
    ///   web:
    ///   worker:
    /// ```
    ///
    /// ## Limits
    /// Where all of them mount it read-only nothing is said. Paths that contain each other are not
    /// compared.
    ///
    /// ## References
    /// - Compose Specification: `volumes`
    "volume-shared-between-services" for ServiceSubject {
        aliases: ["kics:shared_volumes_between_containers"],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.sensitive-mounts"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let own = subject.service();
    for mount in &own.mounts {
        let Some(source) = mount.value.source.as_deref() else { continue };
        let others = subject.project.services.iter().enumerate().take(MAX_SERVICES);
        let mut others = others.filter(|it| it.0 != subject.service_idx).map(|it| it.1);
        let Some((other, theirs)) = others.find_map(|it| Some((it, mounted(it, source)?))) else {
            continue;
        };
        if mount.value.read_only && theirs.read_only {
            continue;
        }
        let place = part_place(subject, "volumes", &subject.place(mount), &["source"]);
        let message = format!("`{}` mounts `{source}` too", other.name);
        let _ = sink.report_at(place, message);
    }
}

fn mounted<'a>(service: &'a Service, source: &str) -> Option<&'a Mount> {
    let mounts = service.mounts.iter().map(|it| &it.value);
    mounts.into_iter().find(|it| it.source.as_deref() == Some(source))
}

/// No more services than this are looked through for the same volume.
const MAX_SERVICES: usize = 512;
