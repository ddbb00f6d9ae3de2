//! A Kubernetes manifest with what is known around it.

use std::sync::Arc;

use plimsoll_config::{
    kubernetes::{Container, Manifest, Object, Pod},
    tree::Tree,
};
use plimsoll_finding::{RuleSettings, Subject, SubjectKind};
use plimsoll_text::Source;

use crate::rule::Judged;

/// No more network policies than this are compared with the pods of a manifest.
pub const MAX_POLICIES: usize = 1_000;

/// A Kubernetes manifest as something to judge.
#[derive(Debug)]
pub struct KubernetesSubject {
    /// The objects.
    pub manifest: Manifest,
    /// Objects of the manifests beside it that bear on its pods: network policies and service
    /// accounts.
    pub neighbours: Vec<Arc<Object>>,
    /// What the team told the rules.
    pub settings: Arc<RuleSettings>,
    nodes: Vec<(KubernetesKind, KubernetesNode)>,
}

/// What a rule over manifests can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KubernetesKind {
    /// Every object, whatever it is.
    Object,
    /// Every pod, by itself or as a template.
    Pod,
    /// Every container of every pod.
    Container,
}

/// A part of a manifest, with all that it is a part of.
#[derive(Clone, Debug)]
pub struct KubernetesNode {
    /// The object, or the one around the pod or container.
    pub object: Arc<Object>,
    pod: Option<Arc<Pod>>,
    container: Option<Arc<Container>>,
}

impl KubernetesNode {
    /// The pod, or the one around the container.
    pub fn pod(&self) -> Option<&Pod> {
        self.pod.as_deref()
    }

    /// The container with the pod around it.
    pub fn container(&self) -> Option<(&Pod, &Container)> {
        Some((self.pod.as_deref()?, self.container.as_deref()?))
    }

    /// As [`KubernetesNode::container`], but nothing for containers that run on Windows.
    pub fn linux_container(&self) -> Option<(&Pod, &Container)> {
        self.container().filter(|it| !it.0.is_windows())
    }
}

impl Subject for KubernetesSubject {
    type Kind = KubernetesKind;
    type Node = KubernetesNode;

    fn source(&self) -> &Arc<Source> {
        self.manifest.source()
    }

    fn nodes(&self) -> impl Iterator<Item = (KubernetesKind, &KubernetesNode)> {
        self.nodes.iter().map(|it| (it.0, &it.1))
    }
}

impl Judged for KubernetesSubject {
    const KIND: SubjectKind = SubjectKind::Kubernetes;
}

impl KubernetesSubject {
    /// A manifest with what stands beside it.
    pub fn new(
        manifest: Manifest,
        neighbours: Vec<Arc<Object>>,
        settings: Arc<RuleSettings>,
    ) -> Self {
        let mut nodes = Vec::new();
        for object in &manifest.objects {
            let node = KubernetesNode { object: Arc::clone(object), pod: None, container: None };
            nodes.push((KubernetesKind::Object, node.clone()));
            let Some(pod) = &object.pod else { continue };
            let node = KubernetesNode { pod: Some(Arc::clone(pod)), ..node };
            nodes.push((KubernetesKind::Pod, node.clone()));
            for container in &pod.containers {
                let node =
                    KubernetesNode { container: Some(Arc::clone(container)), ..node.clone() };
                nodes.push((KubernetesKind::Container, node));
            }
        }
        Self { manifest, neighbours, settings, nodes }
    }

    /// A manifest about which nothing else is known.
    pub fn alone(source: &Arc<Source>) -> Self {
        Self::new(Manifest::parse(source), Vec::new(), Arc::new(RuleSettings::default()))
    }

    /// The objects of `manifest` that bear on the pods of the manifests beside it.
    pub fn facts_for_neighbours(manifest: &Manifest) -> Vec<Arc<Object>> {
        let bears =
            |it: &&Arc<Object>| matches!(it.kind.as_str(), "NetworkPolicy" | "ServiceAccount");
        manifest.objects.iter().filter(bears).cloned().collect()
    }

    /// The text as it is written.
    pub fn tree(&self) -> &Tree {
        &self.manifest.tree
    }

    /// All objects of this kind that are known, those of the manifest first.
    pub fn objects(&self, kind: &str) -> impl Iterator<Item = &Object> {
        let all = self.manifest.objects.iter().chain(&self.neighbours);
        all.map(Arc::as_ref).filter(move |it| it.kind == kind)
    }

    /// The network policies; `None` if they are more than [`MAX_POLICIES`].
    pub fn network_policies(&self) -> Option<Vec<&Object>> {
        let res: Vec<&Object> = self.objects("NetworkPolicy").take(MAX_POLICIES + 1).collect();
        (res.len() <= MAX_POLICIES).then_some(res)
    }
}
