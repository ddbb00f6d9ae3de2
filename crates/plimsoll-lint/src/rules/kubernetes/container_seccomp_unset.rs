use plimsoll_config::{edit::Value, kubernetes::Profile};
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{called, place_in, report_missing, set_in},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container for which no seccomp profile is chosen.
    ///
    /// ## Why
    /// Unlike Docker, Kubernetes runs containers without seccomp unless the pod asks for it or
    /// the node was set up to. `RuntimeDefault` closes the system calls that hardly any program
    /// makes and that flaws in the kernel are found in.
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
    ///       # ^ container-seccomp-unset
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
    ///       image: example.com/app:1.4
    ///       securityContext:
    ///         # ^ container-seccomp-unset
    ///         runAsUser: 10001
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
    ///         seccompProfile:
    ///           type: custom
    ///           # ^ container-seccomp-unset
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
    ///       # ^ container-seccomp-unset
    ///       image: example.com/app:1.4
    ///       securityContext:
    ///         seccompProfile:
    ///           type: RuntimeDefault
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
    ///       image: example.com/app:1.4
    ///       securityContext:
    ///         # ^ container-seccomp-unset
    ///         runAsUser: 10001
    ///         seccompProfile:
    ///           type: RuntimeDefault
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
    ///         seccompProfile:
    ///           type: RuntimeDefault
    ///           # ^ container-seccomp-unset
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
    ///         seccompProfile:
    ///           type: RuntimeDefault
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     seccompProfile:
    ///       type: Localhost
    ///       localhostProfile: app.json
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   annotations:
    ///     seccomp.security.alpha.kubernetes.io/pod: runtime/default
    /// spec:
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
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
    ///         seccompProfile:
    ///           type: Unconfined
    /// ```
    ///
    /// ## Limits
    /// Nodes whose kubelet runs with `seccompDefault` choose the runtime's profile by themselves,
    /// which no manifest tells.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (restricted)
    /// - Kubernetes documentation: Restrict a Container's Syscalls with seccomp
    "container-seccomp-unset" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0030", "trivy:KSV-0104", "checkov:CKV_K8S_31",
            "kics:seccomp_profile_is_not_configured",
        ],
        severity: Medium,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.seccomp-on"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((pod, container)) = node.linux_container() else { return };
    let decided = pod.seccomp(container);
    let called = called(container);
    let message = match &decided.profile {
        Profile::Unset => format!("no seccomp profile is chosen for {called}"),
        Profile::Unknown(word) => format!("`{word}` for {called} is no kind of seccomp profile"),
        _ => return,
    };
    let keys = ["securityContext", "seccompProfile", "type"];
    let place = || place_in(container, &["securityContext"]);
    let span = decided.span.unwrap_or_else(place);
    let edits = set_in(subject, container, &keys, Value::text("RuntimeDefault"));
    report_missing(sink, container, span, message).fix(
        "Use the runtime's profile",
        Safety::Unsafe,
        edits,
    );
}
