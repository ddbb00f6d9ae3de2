//! One object of a manifest.

use std::{collections::BTreeMap, sync::Arc};

use plimsoll_text::Span;

use crate::{
    kubernetes::pod::Pod,
    tree::{Entry, Node},
};

/// One object of a manifest.
#[derive(Clone, Debug)]
pub struct Object {
    /// What it is, such as `Deployment`.
    pub kind: String,
    /// Its `apiVersion`; empty where none is said.
    pub api_version: String,
    /// The whole of it.
    pub root: Node,
    /// Its own metadata.
    pub metadata: Metadata,
    /// The pod that it is, or makes.
    pub pod: Option<Arc<Pod>>,
}

impl Object {
    pub(super) fn read(kind: &str, root: &Node) -> Self {
        let api_version = root.get("apiVersion").and_then(Node::as_str).unwrap_or_default();
        let metadata = Metadata(root.get("metadata").cloned());
        let pod = Pod::find(kind, group(api_version), root).map(Arc::new);
        let (kind, api_version) = (kind.to_owned(), api_version.to_owned());
        Self { kind, api_version, root: root.clone(), metadata, pod }
    }

    /// The group of its API; empty for the core group.
    pub fn group(&self) -> &str {
        group(&self.api_version)
    }

    /// What names it in the text: its name, else its kind.
    pub fn place(&self) -> Span {
        let name = self.metadata.entry("name").map(Entry::span);
        let kind = || self.root.get_entry("kind").map(Entry::span);
        name.or_else(kind).unwrap_or(self.root.span)
    }

    /// Its namespace, where it says one.
    pub fn namespace(&self) -> Option<&str> {
        self.metadata.entry("namespace").and_then(|it| it.value.as_str())
    }
}

/// Names, labels and annotations of an object or of a pod template.
#[derive(Clone, Debug, Default)]
pub struct Metadata(pub(super) Option<Node>);

impl Metadata {
    /// The mapping itself, where it is written.
    pub fn node(&self) -> Option<&Node> {
        self.0.as_ref()
    }

    /// The entry of `key` with something behind it.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.0.as_ref()?.get_entry(key).filter(|it| !it.value.is_null())
    }

    /// The name.
    pub fn name(&self) -> Option<&str> {
        self.entry("name")?.value.as_str()
    }

    /// The labels.
    pub fn labels(&self) -> BTreeMap<&str, &str> {
        let entries = self.entry("labels").map(|it| it.value.entries()).unwrap_or_default();
        entries.iter().filter_map(|it| Some((it.key.as_str()?, it.value.as_str()?))).collect()
    }

    /// The annotation called `key`.
    pub fn annotation(&self, key: &str) -> Option<&Entry> {
        self.entry("annotations")?.value.get_entry(key)
    }
}

fn group(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |it| it.0)
}
