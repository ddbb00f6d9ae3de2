use plimsoll_finding::{Check, Confidence, Sink};
use plimsoll_posture::{Mount, MountKind, ServiceOrigin, Setting};

use crate::{
    host_path::{mount_source, normal_path},
    rule::rule,
    service_place::key_around,
    subject::service::ServiceSubject,
};

rule! {
    /// A service that is given the socket of the container engine.
    ///
    /// ## Why
    /// Whoever may talk to the socket may start a privileged container with the disk of the host in
    /// it: that is root on the host. Mounting it read-only changes nothing, since requests are
    /// still answered.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   proxy:
    ///     image: example.com/proxy:3
    ///     volumes:
    ///     # ^ docker-socket-mounted
    ///       - ./proxy.yaml:/proxy.yaml:ro
    ///       - /var/run/docker.sock:/var/run/docker.sock:ro
    ///   long:
    ///     image: example.com/tool:3
    ///     volumes:
    ///     # ^ docker-socket-mounted
    ///       - type: bind
    ///         source: /run/../run/containerd/containerd.sock
    ///         target: /containerd.sock
    ///   parent:
    ///     image: example.com/tool:3
    ///     volumes: ["/var/run:/host/run"]
    ///     # ^ docker-socket-mounted
    ///   disguised:
    ///     image: example.com/tool:3
    ///     volumes: ["run:/host/run"]
    ///     # ^ docker-socket-mounted
    /// volumes:
    ///   run:
    ///     driver_opts: {type: none, o: bind, device: /var/run}
    /// ```
    ///
    /// ```yaml
    /// services:
    ///   sourceless:
    ///     image: example.com/tool:3
    ///     volumes:
    ///     # ^ docker-socket-mounted
    ///       - /var/run/docker.sock
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1.4
    ///     volumes:
    ///       - /tmp/web.sock:/web.sock
    ///       - socket:/run/app
    /// volumes:
    ///   socket:
    /// ```
    ///
    /// ## Limits
    /// A socket that a proxy filters is safer; whether this service is such a proxy is not known. A
    /// mount that names the socket and no source gives nothing yet, and is reported with low
    /// confidence.
    ///
    /// ## References
    /// - Docker documentation: protect the Docker daemon socket
    /// - CIS Docker Benchmark, section 5: the Docker socket
    "docker-socket-mounted" for ServiceSubject {
        aliases: [
            "kics:docker_socket_mounted_in_container", "semgrep:exposing-docker-socket-volume",
            "compose-lint:CL-0001", "docker-bench:5.32",
        ],
        severity: Critical,
        confidence: High,
        audience: Default,
        controls: ["runtime.docker-socket"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let mounts = subject.service().mounts.iter();
    let found: Vec<_> = mounts.filter_map(|it| Some((it, reached(subject, it)?))).collect();
    let Some((first, _)) = found.first() else { return };
    let surely = found.iter().any(|it| it.1 == Reached::Surely);
    let place = key_around(subject, "volumes", &subject.place(first));
    let message = "whoever takes over the container controls the engine, and so the host; use a \
        proxy that allows single calls";
    let mut draft = sink.report_at(place, message);
    for (mount, _) in &found {
        draft = draft.related_at(subject.place(mount), "the socket comes in here");
    }
    if !surely {
        let _ = draft.confidence(Confidence::Low);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reached {
    Surely,
    /// The container's path is named, but nothing of the host is mounted there.
    Meant,
}

fn reached(subject: &ServiceSubject, mount: &Setting<Mount>) -> Option<Reached> {
    if mount.value.kind == MountKind::Tmpfs {
        return None;
    }
    if mount.value.source.as_deref().is_some_and(is_windows_pipe) {
        return Some(Reached::Surely);
    }
    if let Some(source) = volume_device(subject, mount).or_else(|| mount_source(mount)) {
        let path = normal_path(&source)?;
        // For a container that is there, the whole host in it is one finding, and another rule's.
        let is_whole = path == "/" && subject.service().origin == ServiceOrigin::Container;
        let is_parent = !is_whole && PARENTS.contains(&path.as_str());
        return (is_parent || is_socket(&path)).then_some(Reached::Surely);
    }
    let target = normal_path(&mount.value.target)?;
    (mount.value.source.is_none() && is_socket(&target)).then_some(Reached::Meant)
}

/// The folder of the host that a named volume is, by the options of its driver.
fn volume_device(subject: &ServiceSubject, mount: &Setting<Mount>) -> Option<String> {
    let volume = subject.project.volumes.get(mount.value.source.as_deref()?)?;
    let is_bind = volume.options.get("o").is_some_and(|it| it.split(',').any(|it| it == "bind"));
    if is_bind { volume.options.get("device").cloned() } else { None }
}

fn is_socket(path: &str) -> bool {
    SOCKETS.iter().any(|it| path.ends_with(it))
}

fn is_windows_pipe(source: &str) -> bool {
    source.replace('\\', "/").to_ascii_lowercase().ends_with("/pipe/docker_engine")
}

/// The ends of the paths of sockets that control containers or the host itself.
static SOCKETS: &[&str] = &[
    "/docker.sock",
    "/docker-cli.sock",
    "/containerd.sock",
    "/podman.sock",
    "/crio.sock",
    "/cri-dockerd.sock",
    "/dockershim.sock",
    "/buildkitd.sock",
    "/balena-engine.sock",
    "/run/systemd/private",
    "/run/dbus/system_bus_socket",
];

/// Folders that the socket of the engine lies in.
static PARENTS: &[&str] = &["/", "/run"];
