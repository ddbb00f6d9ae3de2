//! Pods and their containers, wherever an object keeps them.

use std::sync::Arc;

use plimsoll_text::Span;

use crate::{
    kubernetes::{MAX_CONTAINERS, object::Metadata},
    tree::{Entry, Node, NodeKind},
};

/// A pod, or the template that an object makes pods from.
#[derive(Clone, Debug)]
pub struct Pod {
    /// Its metadata: of a template the template's own.
    pub metadata: Metadata,
    /// The key `spec` before its settings.
    pub spec_key: Span,
    /// Its settings.
    pub spec: Node,
    /// Its containers in order of writing; no more than [`MAX_CONTAINERS`].
    pub containers: Vec<Arc<Container>>,
    /// Whether it is meant to end, as the pods of jobs are.
    pub ends: bool,
    /// How many containers are written.
    pub(super) n_written: usize,
}

/// A container of a pod.
#[derive(Clone, Debug)]
pub struct Container {
    /// When it runs.
    pub role: ContainerRole,
    /// Its name; empty where none is said.
    pub name: String,
    /// Its settings.
    pub node: Node,
    /// What names it in the text: its name, else its first setting.
    pub place: Span,
}

/// When a container runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContainerRole {
    /// For as long as the pod.
    Main,
    /// Before the others.
    Init,
    /// When someone looks into the pod.
    Ephemeral,
}

impl Pod {
    /// The pod of an object of this kind.
    pub(super) fn find(kind: &str, group: &str, root: &Node) -> Option<Self> {
        let spec = root.get("spec");
        let in_template = || spec.and_then(|it| it.get("template"));
        let job_template = || spec.and_then(|it| it.find(&["jobTemplate", "spec", "template"]));
        let holder = match canonical_kind(kind) {
            "Pod" => Some(root),
            "Revision" if group == KNATIVE => Some(root),
            "Service" if group == KNATIVE => in_template(),
            "PodTemplate" => root.get("template"),
            "CronJob" => job_template(),
            it if TEMPLATE_KINDS.contains(&it) => in_template(),
            _ => in_template().or_else(job_template).filter(|it| looks_like_a_template(it)),
        }?;
        let entry = holder.get_entry("spec").filter(|it| it.value.is_mapping())?;
        let is_job = matches!(canonical_kind(kind), "Job" | "CronJob");
        let restarts = entry.value.get("restartPolicy").and_then(Node::as_str);
        let ends = is_job || matches!(restarts, Some("Never" | "OnFailure"));
        let mut written: Vec<(ContainerRole, Node)> = Vec::new();
        for (key, role) in CONTAINER_KEYS {
            let items = entry.value.get(key).map(Node::items).unwrap_or_default();
            let items = items.iter().filter(|it| it.is_mapping());
            written.extend(items.map(|it| (*role, it.clone())));
        }
        written.sort_by_key(|it| it.1.span.start);
        let n_written = written.len();
        let containers = written.into_iter().take(MAX_CONTAINERS);
        let containers = containers.map(|it| Arc::new(Container::read(it.0, it.1))).collect();
        let metadata = Metadata(holder.get("metadata").cloned());
        let (spec_key, spec) = (entry.key.span, entry.value.clone());
        Some(Self { metadata, spec_key, spec, containers, ends, n_written })
    }

    /// The entry of `key` with something behind it.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.spec.get_entry(key).filter(|it| !it.value.is_null())
    }

    /// Whether it says that it runs on Windows, where much of Linux does not apply.
    pub fn is_windows(&self) -> bool {
        let os = self.spec.find(&["os", "name"]);
        let selector = self.spec.find(&["nodeSelector", "kubernetes.io/os"]);
        [os, selector].into_iter().flatten().any(|it| it.as_str() == Some("windows"))
    }
}

impl Container {
    fn read(role: ContainerRole, node: Node) -> Self {
        let name = node.get("name").and_then(Node::as_str).unwrap_or_default().to_owned();
        let is_alias = matches!(node.kind, NodeKind::Alias { .. });
        let own = node.own_entry("name").or_else(|| node.own_entries().first());
        let place = own.filter(|_| !is_alias).map_or(node.span, Entry::span);
        // The first setting may be long; its key names the place as well.
        let first = node.own_entries().first().filter(|_| !is_alias && name.is_empty());
        let place = first.map_or(place, |it| it.key.span);
        Self { role, name, node, place }
    }

    /// The entry of `key` with something behind it.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.node.get_entry(key).filter(|it| !it.value.is_null())
    }

    /// The image, as written.
    pub fn image(&self) -> Option<&Node> {
        let image = &self.entry("image")?.value;
        image.as_str().map(|_| image)
    }

    /// Whether it runs beside the main containers for as long as the pod.
    pub fn is_sidecar(&self) -> bool {
        let policy = self.entry("restartPolicy").and_then(|it| it.value.as_str());
        self.role == ContainerRole::Init && policy == Some("Always")
    }

    /// The node at the end of `keys`, with something in it.
    pub fn find(&self, keys: &[&str]) -> Option<&Node> {
        self.node.find(keys).filter(|it| !it.is_null())
    }
}

/// Kinds that are not known are pods' makers only if what they hold is a whole template: many
/// operators take half of one and fill in the rest.
fn looks_like_a_template(holder: &Node) -> bool {
    let containers = holder.find(&["spec", "containers"]).map(Node::items).unwrap_or_default();
    let whole = |it: &Node| it.get("image").is_some() && it.get("name").is_some();
    !containers.is_empty() && containers.iter().all(whole)
}

/// The kind as Kubernetes writes it: `pod` in small letters is refused there, yet it says what was
/// meant, and what is meant is judged.
fn canonical_kind(kind: &str) -> &str {
    let known = ["Pod", "PodTemplate", "CronJob"].iter().chain(TEMPLATE_KINDS);
    known.copied().find(|it| it.eq_ignore_ascii_case(kind)).unwrap_or(kind)
}

const KNATIVE: &str = "serving.knative.dev";

/// Kinds that keep their pods in `spec.template`.
static TEMPLATE_KINDS: &[&str] = &[
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "ReplicationController",
    "Job",
    "DeploymentConfig",
    "Rollout",
    "Configuration",
    "ContainerSource",
];

static CONTAINER_KEYS: &[(&str, ContainerRole)] = &[
    ("initContainers", ContainerRole::Init),
    ("containers", ContainerRole::Main),
    ("ephemeralContainers", ContainerRole::Ephemeral),
];
