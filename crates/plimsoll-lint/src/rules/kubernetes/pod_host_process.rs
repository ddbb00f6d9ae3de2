use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::replace,
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A pod that runs as a process of its Windows node.
    ///
    /// ## Why
    /// A host process container is no container: its program runs on the Windows node itself,
    /// with the rights of the account that is named for it.
    ///
    /// ## Bad
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     windowsOptions:
    ///       hostProcess: true
    ///       # ^ pod-host-process
    ///   containers:
    ///     - name: app
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
    ///         windowsOptions: {hostProcess: true}
    ///         # ^ pod-host-process
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     windowsOptions:
    ///       hostProcess: false
    ///       # ^ pod-host-process
    ///   containers:
    ///     - name: app
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
    ///         windowsOptions: {hostProcess: false}
    ///         # ^ pod-host-process
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     windowsOptions:
    ///       hostProcess: false
    ///   containers:
    ///     - name: app
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
    ///       ports: []
    /// ```
    ///
    /// ## Limits
    /// Agents that manage the node need it; waive it for them with the reason.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (baseline)
    /// - Kubernetes documentation: Create a Windows HostProcess Pod
    "pod-host-process" for KubernetesSubject {
        aliases: ["trivy:KSV-0103"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["runtime.privileged"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Pod], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some(pod) = node.pod() else { return };
    let own = pod.containers.iter().filter_map(|it| it.security_context());
    for context in pod.security_context().into_iter().chain(own) {
        let options = context.value.get("windowsOptions");
        let entry = options.and_then(|it| it.get_entry("hostProcess"));
        let Some(entry) = entry.filter(|it| it.value.as_bool() == Some(true)) else { continue };
        let edits = replace(subject, &entry.value, &Value::truth(false));
        sink.report(entry.span(), "the program runs on the Windows node itself").fix(
            "Run it in a container",
            Safety::Unsafe,
            edits,
        );
    }
}
