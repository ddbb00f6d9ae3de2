//! Kubernetes manifests: the objects of a text, the pods that they bring, and what is in force for
//! each container.
//!
//! Says what is set and where; must not know what is good or bad.

mod object;
mod pod;
mod security;
mod network;
mod storage;

use std::sync::Arc;

use plimsoll_text::{Source, Span};

use crate::{
    json::parse_json,
    tree::{Node, Tree},
    yaml::parse_yaml,
};

pub use crate::kubernetes::{
    network::{PolicySelection, Selection},
    object::{Metadata, Object},
    pod::{Container, ContainerRole, Pod},
    security::{
        Capabilities, Capability, DEFAULT_CAPABILITIES, Decided, DecidedProfile, Level, Profile,
    },
    storage::{HostPath, Volume, VolumeMount, clean_path, covers_path},
};

/// A text with more objects than this is read up to here.
pub const MAX_OBJECTS: usize = 10_000;
/// A pod with more containers than this is read up to here.
pub const MAX_CONTAINERS: usize = 1_000;
/// Lists nested deeper than this are not read.
pub const MAX_LIST_DEPTH: usize = 4;

/// The objects of one text.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The text as it is written.
    pub tree: Tree,
    /// The objects, in order; lists are flattened.
    pub objects: Vec<Arc<Object>>,
    /// What was left out because of a limit.
    pub gaps: Vec<ManifestGap>,
}

/// A part of the text that was not read as objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestGap {
    /// Where it begins.
    pub span: Span,
    /// What was not read, and why.
    pub message: String,
}

impl Manifest {
    /// Reads a text; as JSON if its name says so, else as YAML, which JSON is a part of.
    pub fn parse(source: &Arc<Source>) -> Self {
        let is_json = source.name().to_ascii_lowercase().ends_with(".json");
        Self::of(if is_json { parse_json(source) } else { parse_yaml(source) })
    }

    /// The objects of a tree.
    pub fn of(tree: Tree) -> Self {
        let mut res = Self { tree, objects: Vec::new(), gaps: Vec::new() };
        let roots: Vec<Node> = res.tree.documents.iter().map(|it| it.root.clone()).collect();
        for root in &roots {
            res.read(root, 0);
        }
        res
    }

    /// The text.
    pub fn source(&self) -> &Arc<Source> {
        &self.tree.source
    }

    fn read(&mut self, root: &Node, depth: usize) {
        let Some(kind) = root.get("kind").and_then(Node::as_string) else { return };
        let items = root.get("items").filter(|it| it.is_sequence());
        if let Some(items) = items.filter(|_| kind.ends_with("List")) {
            if depth >= MAX_LIST_DEPTH {
                self.gap(root.span, &format!("lists nested over {MAX_LIST_DEPTH} deep"));
                return;
            }
            for item in items.items() {
                self.read(item, depth + 1);
            }
            return;
        }
        if self.objects.len() >= MAX_OBJECTS {
            if self.objects.len() == MAX_OBJECTS && self.gaps.is_empty() {
                self.gap(root.span, &format!("more than {MAX_OBJECTS} objects"));
            }
            return;
        }
        let object = Object::read(kind, root);
        let n_written = object.pod.as_ref().map_or(0, |it| it.n_written);
        if n_written > MAX_CONTAINERS {
            self.gap(root.span, &format!("more than {MAX_CONTAINERS} containers in a pod"));
        }
        self.objects.push(Arc::new(object));
    }

    fn gap(&mut self, span: Span, what: &str) {
        self.gaps.push(ManifestGap { span, message: format!("{what} are not read") });
    }
}

#[cfg(test)]
mod tests;
