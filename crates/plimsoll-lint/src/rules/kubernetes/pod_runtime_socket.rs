use plimsoll_config::kubernetes::clean_path;
use plimsoll_finding::{Check, Sink};

use crate::{
    manifest::RUNTIME_SOCKETS,
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A pod that holds the socket of the container engine.
    ///
    /// ## Why
    /// Who may talk to the engine of a node may start a privileged container there, and so is
    /// root on the node. It makes no difference whether the socket is mounted read-only.
    ///
    /// ## Bad
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///   volumes:
    ///     - name: engine
    ///       hostPath:
    ///         path: /var/run/docker.sock
    ///         # ^ pod-runtime-socket
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///   volumes:
    ///     - name: engine
    ///       hostPath: {path: /run/containerd/containerd.sock, type: Socket}
    ///       # ^ pod-runtime-socket
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///   volumes:
    ///     - name: engine
    ///       hostPath:
    ///         path: /var/run/app.sock
    /// ```
    ///
    /// ## Limits
    /// A socket below a mounted folder, such as `/var/run`, is told by `pod-sensitive-host-path`.
    /// Sockets at other paths are not known.
    ///
    /// ## References
    /// - Kubernetes documentation: Volumes, hostPath
    "pod-runtime-socket" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0006", "checkov:CKV_K8S_27", "kube-linter:docker-sock",
            "kics:docker_daemon_socket_is_exposed_to_containers",
            "semgrep:exposing-docker-socket-hostpath",
        ],
        severity: Critical,
        confidence: High,
        audience: Default,
        controls: ["runtime.docker-socket"],
        fix: None,
        check: Check::On(&[KubernetesKind::Object], check),
    }
}

fn check(_: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let object = &node.object;
    let volumes = object.pod.as_ref().map(|it| it.volumes()).unwrap_or_default();
    for host_path in volumes.iter().filter_map(|it| it.host_path).chain(object.host_path()) {
        let path = clean_path(host_path.path);
        if RUNTIME_SOCKETS.contains(&path.as_str()) {
            let message = format!("`{path}` is the container engine's socket: root on the node");
            sink.report(host_path.entry.span(), message);
        }
    }
}
