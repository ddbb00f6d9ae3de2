use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{called, place_in, push, report_missing, set_in},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that may send forged packets.
    ///
    /// ## Why
    /// The runtime gives every container `NET_RAW`. With it a process makes packets by hand: it
    /// can pretend to be another pod, answer for the name server and listen in. Only `ping` of
    /// old and network tools need it.
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
    ///       securityContext:
    ///         capabilities:
    ///           # ^ container-net-raw-kept
    ///           add: [NET_ADMIN]
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
    ///       securityContext:
    ///         capabilities:
    ///           drop: [MKNOD]
    ///           # ^ container-net-raw-kept
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
    ///       # ^ container-net-raw-kept
    ///       image: example.com/app:1.4
    ///       ports: []
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
    ///       securityContext:
    ///         capabilities:
    ///           # ^ container-net-raw-kept
    ///           add: [NET_ADMIN]
    ///           drop:
    ///             - NET_RAW
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
    ///       securityContext:
    ///         capabilities:
    ///           drop: [MKNOD, NET_RAW]
    ///           # ^ container-net-raw-kept
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
    ///       # ^ container-net-raw-kept
    ///       image: example.com/app:1.4
    ///       securityContext:
    ///         capabilities:
    ///           drop:
    ///             - NET_RAW
    ///         allowPrivilegeEscalation: false
    ///       ports: []
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
    ///         capabilities:
    ///           drop: [ALL]
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
    ///       securityContext:
    ///         capabilities:
    ///           drop: [NET_RAW]
    /// ```
    ///
    /// ## Limits
    /// Programs that open raw sockets stop working without it.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (restricted)
    /// - Kubernetes documentation: Configure a Security Context for a Pod or Container
    /// - Linux manual page: capabilities(7)
    "container-net-raw-kept" for KubernetesSubject {
        aliases: [
            "checkov:CKV_K8S_28", "kube-linter:drop-net-raw-capability",
            "kics:net_raw_capabilities_not_being_dropped",
        ],
        severity: Medium,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.capabilities"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((_, container)) = node.linux_container() else { return };
    let capabilities = container.capabilities();
    if capabilities.drops("NET_RAW") {
        return;
    }
    let keys = ["securityContext", "capabilities", "drop"];
    let message =
        format!("{} may send forged packets: `NET_RAW` is not dropped", called(container));
    let edits = match capabilities.drop_entry {
        Some(entry) if entry.value.is_sequence() => {
            push(subject, &entry.value, &Value::text("NET_RAW"))
        }
        _ => set_in(subject, container, &keys, Value::texts(["NET_RAW"])),
    };
    report_missing(sink, container, place_in(container, &keys), message).fix(
        "Drop `NET_RAW`",
        Safety::Unsafe,
        edits,
    );
}
