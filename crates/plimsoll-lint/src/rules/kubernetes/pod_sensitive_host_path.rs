use plimsoll_config::kubernetes::{clean_path, covers_path};
use plimsoll_finding::{Check, Sink};

use crate::{
    manifest::RUNTIME_SOCKETS,
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A pod that mounts a part of its node that leads to the whole node.
    ///
    /// ## Why
    /// Who may write to `/etc`, `/root`, `/var/lib/kubelet` or `/` of a node owns it; who may
    /// only read them finds keys, tokens and the secrets of other pods.
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
    ///     - name: settings
    ///       hostPath:
    ///         path: /etc/../etc/kubernetes/
    ///         # ^ pod-sensitive-host-path
    ///     - name: all
    ///       hostPath: {path: /}
    ///       # ^ pod-sensitive-host-path
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: PersistentVolume
    /// metadata:
    ///   name: disk
    /// spec:
    ///   hostPath:
    ///     path: /dev/sdb
    ///     # ^ pod-sensitive-host-path
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
    ///     - name: data
    ///       hostPath:
    ///         path: /data
    ///     - name: etcetera
    ///       hostPath:
    ///         path: /etcetera
    ///     - name: scratch
    ///       emptyDir: {}
    /// ```
    ///
    /// ## Limits
    /// All of `/var` counts, logs too: what is in it differs from node to node. Agents that read
    /// logs or metrics of the node need such a path; waive it for them with the reason.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (baseline)
    /// - Kubernetes documentation: Volumes, hostPath
    "pod-sensitive-host-path" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0121", "kube-linter:sensitive-host-mounts",
            "kics:workload_mounting_with_sensitive_os_directory",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["runtime.sensitive-mounts"],
        fix: None,
        check: Check::On(&[KubernetesKind::Object], check),
    }
}

fn check(_: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let object = &node.object;
    let volumes = object.pod.as_ref().map(|it| it.volumes()).unwrap_or_default();
    let paths = volumes.iter().filter_map(|it| it.host_path).chain(object.host_path());
    for host_path in paths {
        let path = clean_path(host_path.path);
        let is_socket = RUNTIME_SOCKETS.contains(&path.as_str());
        if is_socket || !is_sensitive(&path) {
            continue;
        }
        let message = match RUNTIME_SOCKETS.iter().find(|it| covers_path(&path, it)) {
            Some(_) => format!("`{path}` of the node holds the container engine's socket"),
            None => format!("`{path}` belongs to the node's own system"),
        };
        sink.report(host_path.entry.span(), message);
    }
}

fn is_sensitive(path: &str) -> bool {
    path == "/" || SENSITIVE.iter().any(|it| covers_path(it, path))
}

/// Folders that hold the node's system, its devices, or what belongs to others.
static SENSITIVE: &[&str] = &[
    "/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/proc", "/root", "/run", "/sbin",
    "/sys", "/usr", "/var",
];
