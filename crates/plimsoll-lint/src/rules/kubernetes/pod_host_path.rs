use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A pod that mounts a folder of its node.
    ///
    /// ## Why
    /// What lies on the node is not moved with the pod, is shared with every other pod that
    /// mounts it, and is not counted or cleaned up. Clusters with the baseline standard refuse
    /// it.
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
    ///     - name: data
    ///       hostPath:
    ///         path: /data
    ///         # ^ pod-host-path
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
    ///       emptyDir: {}
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: PersistentVolume
    /// metadata:
    ///   name: disk
    /// spec:
    ///   hostPath:
    ///     path: /data
    /// ```
    ///
    /// ## Limits
    /// Persistent volumes are left alone: an administrator makes them.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (baseline)
    /// - Kubernetes documentation: Volumes, hostPath
    "pod-host-path" for KubernetesSubject {
        aliases: ["trivy:KSV-0023"],
        severity: Medium,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.sensitive-mounts"],
        fix: None,
        check: Check::On(&[KubernetesKind::Pod], check),
    }
}

fn check(_: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some(pod) = node.pod() else { return };
    for volume in pod.volumes() {
        let Some(entry) = volume.node.get_entry("hostPath") else { continue };
        let span = volume.host_path.map_or(entry.key.span, |it| it.entry.span());
        sink.report(span, "the pod mounts a folder of its node");
    }
}
