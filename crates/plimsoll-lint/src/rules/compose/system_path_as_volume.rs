use plimsoll_finding::{Check, Sink};

use crate::{
    compose_volume::host_devices,
    host_path::{HostPath, host_path},
    rule::rule,
    subject::compose::ComposeSubject,
};

rule! {
    /// A volume that is something below a system folder of the host.
    ///
    /// ## Why
    /// Driver options make a volume a bind mount in disguise. Paths below `/var` or `/home` belong
    /// to the host's own programs and people.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     volumes: [data:/data]
    /// volumes:
    ///   data:
    ///     driver: local
    ///     driver_opts:
    ///       type: none
    ///       o: bind
    ///       device: /var/lib/backup
    ///       # ^ system-path-as-volume
    ///   other:
    ///     driver: local-persist
    ///     driver_opts:
    ///       mountpoint: /var/lib/backup
    ///       # ^ system-path-as-volume
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     volumes: [data:/data]
    /// volumes:
    ///   data:
    ///     driver_opts:
    ///       type: none
    ///       o: bind
    ///       device: /data/web
    ///   remote:
    ///     driver_opts:
    ///       type: nfs
    ///       o: addr=192.0.2.1
    ///       device: ":/var/lib/backup"
    ///   memory:
    ///     driver_opts:
    ///       type: tmpfs
    ///       device: tmpfs
    /// ```
    ///
    /// ## Limits
    /// Folders that the host rests on are reported by another rule.
    ///
    /// ## References
    /// - Docker documentation: `docker volume create`, driver options
    /// - CIS Docker Benchmark, section 5: sensitive host system directories
    "system-path-as-volume" for ComposeSubject {
        aliases: ["kics:volume_has_sensitive_host_directory"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.sensitive-mounts"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ComposeSubject, sink: &mut Sink<'_>) {
    for (node, path) in host_devices(subject) {
        if host_path(path) == HostPath::System {
            let _ = sink.report(
                node.span,
                format!("the volume is `{path}`, which belongs to the system of the host"),
            );
        }
    }
}
