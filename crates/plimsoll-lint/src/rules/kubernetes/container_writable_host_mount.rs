use std::collections::BTreeSet;

use plimsoll_config::{edit::Value, tree::Entry};
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{called, set_key_of},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that can write to a folder of its node.
    ///
    /// ## Why
    /// What the container writes there outlives it and is seen by whoever uses the folder on the
    /// node. Most mounts of this kind are for reading and lack only `readOnly: true`.
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
    ///       volumeMounts:
    ///         - name: data
    ///           # ^ container-writable-host-mount
    ///           mountPath: /data
    ///   volumes:
    ///     - name: data
    ///       hostPath:
    ///         path: /data
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///       volumeMounts:
    ///         - name: data
    ///           # ^ container-writable-host-mount
    ///           mountPath: /data
    ///           readOnly: true
    ///   volumes:
    ///     - name: data
    ///       hostPath:
    ///         path: /data
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
    ///       volumeMounts:
    ///         - name: data
    ///           mountPath: /data
    ///           readOnly: true
    ///         - name: scratch
    ///           mountPath: /tmp
    ///   volumes:
    ///     - name: data
    ///       hostPath:
    ///         path: /data
    ///     - name: scratch
    ///       emptyDir: {}
    /// ```
    ///
    /// ## Limits
    /// Whether the program writes there is not known.
    ///
    /// ## References
    /// - Kubernetes documentation: Volumes, hostPath
    "container-writable-host-mount" for KubernetesSubject {
        aliases: ["kube-linter:writable-host-mount"],
        severity: Medium,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.sensitive-mounts"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Pod], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some(pod) = node.pod() else { return };
    let volumes = pod.volumes();
    let from_node: BTreeSet<&str> =
        volumes.iter().filter(|it| it.host_path.is_some()).map(|it| it.name).collect();
    for container in &pod.containers {
        for mount in container.volume_mounts() {
            if mount.read_only || !from_node.contains(mount.name) {
                continue;
            }
            let entries = mount.node.own_entries();
            let span = entries.first().map_or(mount.node.span, Entry::span);
            let message = format!("{} can write to a folder of its node", called(container));
            let edits = set_key_of(subject, mount.node, "readOnly", Value::truth(true));
            sink.report(span, message).fix("Mount it read-only", Safety::Unsafe, edits);
        }
    }
}
