use plimsoll_finding::{Check, Sink};

use crate::{
    compose_volume::host_devices,
    host_path::{HostPath, host_path},
    rule::rule,
    subject::compose::ComposeSubject,
};

rule! {
    /// A volume that is a folder the host rests on.
    ///
    /// ## Why
    /// Driver options make a volume a bind mount in disguise: the service seems to have a volume
    /// and holds `/etc` or the engine's own data.
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
    ///       device: /etc
    ///       # ^ sensitive-path-as-volume
    ///   other:
    ///     driver: local-persist
    ///     driver_opts:
    ///       mountpoint: /etc
    ///       # ^ sensitive-path-as-volume
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
    ///       device: ":/etc"
    ///   memory:
    ///     driver_opts:
    ///       type: tmpfs
    ///       device: tmpfs
    /// ```
    ///
    /// ## Limits
    /// Which services mount the volume is not looked at.
    ///
    /// ## References
    /// - Docker documentation: `docker volume create`, driver options
    /// - CIS Docker Benchmark, section 5: sensitive host system directories
    "sensitive-path-as-volume" for ComposeSubject {
        aliases: [
            "kics:volume_has_sensitive_host_directory", "compose-lint:CL-0013",
            "docker-bench:5.6",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["runtime.sensitive-mounts"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ComposeSubject, sink: &mut Sink<'_>) {
    for (node, path) in host_devices(subject) {
        if host_path(path) >= HostPath::Sensitive {
            let _ = sink.report(node.span, format!("the volume is `{path}` of the host"));
        }
    }
}
