use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{called, report_missing, set_in},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that can change its own file system.
    ///
    /// ## Why
    /// Whoever gets into a container with a writable root can replace programs, leave tools
    /// behind and change what runs next. With `readOnlyRootFilesystem: true` only mounted volumes
    /// can be written to.
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
    ///       # ^ container-writable-root-filesystem
    ///       image: example.com/app:1.4
    ///       ports: []
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
    ///       # ^ container-writable-root-filesystem
    ///       image: example.com/app:1.4
    ///       securityContext:
    ///         readOnlyRootFilesystem: false
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
    ///       # ^ container-writable-root-filesystem
    ///       image: example.com/app:1.4
    ///       securityContext:
    ///         readOnlyRootFilesystem: true
    ///         allowPrivilegeEscalation: false
    ///       ports: []
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
    ///       # ^ container-writable-root-filesystem
    ///       image: example.com/app:1.4
    ///       securityContext:
    ///         readOnlyRootFilesystem: true
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
    ///       securityContext:
    ///         readOnlyRootFilesystem: true
    /// ```
    ///
    /// ## Limits
    /// Where the program writes is not known: such paths need an `emptyDir` or another volume.
    ///
    /// ## References
    /// - Kubernetes documentation: Configure a Security Context for a Pod or Container
    /// - Kubernetes documentation: Volumes, emptyDir
    "container-writable-root-filesystem" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0014", "checkov:CKV_K8S_22", "kube-linter:no-read-only-root-fs",
            "kics:root_container_not_mounted_as_read_only",
            "semgrep:writable-filesystem-container",
        ],
        severity: Medium,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.read-only-root"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((_, container)) = node.linux_container() else { return };
    let written = container.own_security("readOnlyRootFilesystem");
    if written.and_then(|it| it.value.as_bool()) == Some(true) {
        return;
    }
    let message = format!("{} can write to its root file system", called(container));
    let keys = ["securityContext", "readOnlyRootFilesystem"];
    let edits = set_in(subject, container, &keys, Value::truth(true));
    let draft = report_missing(sink, container, container.place, message);
    let draft = match written {
        Some(entry) => draft.related(entry.span(), "switched off here"),
        None => draft,
    };
    draft.fix("Make the root file system read-only", Safety::Unsafe, edits);
}
