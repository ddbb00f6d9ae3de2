use plimsoll_finding::{Check, Sink};
use plimsoll_posture::{Mount, MountKind, Service};
use plimsoll_text::Location;

use crate::{rule::rule, subject::service::ServiceSubject};

rule! {
    /// A service that the network reaches also holds the keys of the host.
    ///
    /// ## Why
    /// Whoever breaks into this service through its published port owns the host at once: the
    /// engine's socket, or the host's root folder, makes no difference between a program in the
    /// container and root outside. Each of the two may be needed; together they are one step from
    /// the network to the host.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   proxy:
    ///     image: example.com/proxy:1
    ///     ports: ["443:443"]
    ///     volumes:
    ///       - /var/run/docker.sock:/var/run/docker.sock:ro
    ///       # ^ docker-socket-beside-published-port
    ///   backup:
    ///     image: example.com/backup:1
    ///     network_mode: host
    ///     volumes:
    ///       - type: bind
    ///       # ^ docker-socket-beside-published-port
    ///         source: /
    ///         target: /host
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   proxy:
    ///     image: example.com/proxy:1
    ///     ports: ["443:443"]
    ///   agent:
    ///     image: example.com/agent:1
    ///     volumes:
    ///       - /var/run/docker.sock:/var/run/docker.sock
    ///   local:
    ///     image: example.com/local:1
    ///     ports: ["127.0.0.1:9000:9000"]
    ///     volumes:
    ///       - /var/run/docker.sock:/var/run/docker.sock
    ///   exporter:
    ///     image: example.com/exporter:1
    ///     ports: ["9100:9100"]
    ///     volumes: ["/:/host:ro"]
    /// ```
    ///
    /// ## Limits
    /// A socket that is reached over another service of the project is not seen.
    ///
    /// ## References
    /// - Docker documentation: attack surface of the daemon
    /// - CIS Docker Benchmark, section 5: the Docker socket
    "docker-socket-beside-published-port" for ServiceSubject {
        aliases: [],
        severity: Critical,
        confidence: High,
        audience: Default,
        controls: ["runtime.docker-socket", "runtime.sensitive-mounts"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    if !service.is_published() {
        return;
    }
    for mount in &service.mounts {
        let Some(what) = power_of(&mount.value) else { continue };
        let message = format!(
            "`{}` is reachable from the network and holds {what}: one break-in gives the host away",
            service.name
        );
        let mut draft = sink.report_at(subject.place(mount), message);
        if let Some(place) = published_at(service) {
            draft = draft.related_at(place, "reachable through this");
        }
        let _ = draft;
    }
}

/// What a mount gives power over the host by; `None` where it gives none.
fn power_of(mount: &Mount) -> Option<&'static str> {
    if mount.kind != MountKind::Bind {
        return None;
    }
    let source = mount.source.as_deref()?;
    let path = match source.trim_end_matches('/') {
        "" if source.starts_with('/') => "/",
        path => path,
    };
    let path =
        path.strip_prefix("/var/run").map_or_else(|| path.to_owned(), |it| format!("/run{it}"));
    match path.as_str() {
        "/run/docker.sock" | "/run/podman/podman.sock" | "/run/containerd/containerd.sock" => {
            Some("the socket of the engine")
        }
        "/run" => Some("the folder with the socket of the engine"),
        "/" if !mount.read_only => Some("the root folder of the host"),
        _ => None,
    }
}

fn published_at(service: &Service) -> Option<Location> {
    let port = service.ports.iter().find(|it| it.value.is_reachable());
    let port = port.and_then(|it| it.location());
    port.or_else(|| service.network_mode.as_ref().and_then(|it| it.location())).cloned()
}
