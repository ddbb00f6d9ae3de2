use plimsoll_finding::{Check, Sink};
use plimsoll_posture::ServiceOrigin;

use crate::{rule::rule, service_place::part_place, subject::service::ServiceSubject};

rule! {
    /// A mount that is propagated between host and container.
    ///
    /// ## Why
    /// With shared propagation a mount made in the container appears on the host, for everyone
    /// there; with slave propagation whatever is mounted on the host appears in the container.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     volumes:
    ///       - /data:/data:rshared
    ///       # ^ shared-mount-propagation
    ///       - type: bind
    ///         source: ./media
    ///         target: /media
    ///         bind:
    ///           propagation: rslave
    ///           # ^ shared-mount-propagation
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     volumes:
    ///       - /data:/data:rprivate
    ///       - type: bind
    ///         source: ./media
    ///         target: /media
    ///         bind:
    ///           propagation: private
    /// ```
    ///
    /// ## Limits
    /// Some storage and backup services need it; waive them by name.
    ///
    /// ## References
    /// - Docker documentation: bind mounts, propagation
    /// - CIS Docker Benchmark, section 5: mount propagation mode
    "shared-mount-propagation" for ServiceSubject {
        aliases: [
            "kics:volume_mounted_in_multiple_containers", "compose-lint:CL-0017",
            "docker-bench:5.20",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["runtime.mount-propagation"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let is_container = subject.service().origin == ServiceOrigin::Container;
    for mount in &subject.service().mounts {
        let Some(mode) = mount.value.propagation.as_deref() else { continue };
        // The engine makes mounts that hold its data root slaves by itself.
        let is_slave = matches!(mode, "slave" | "rslave") && !is_container;
        if !is_slave && !matches!(mode, "shared" | "rshared") {
            continue;
        }
        let place = subject.place(mount);
        let place = part_place(subject, "volumes", &place, &["bind", "propagation"]);
        let message = format!("`{mode}` carries mounts across the border of the container");
        let _ = sink.report_at(place, message);
    }
}
