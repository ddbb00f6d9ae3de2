//! Volumes of pods, and the paths of nodes that they bring in.

use crate::{
    kubernetes::{
        object::Object,
        pod::{Container, Pod},
    },
    tree::{Entry, Node},
};

/// A volume of a pod.
#[derive(Clone, Copy, Debug)]
pub struct Volume<'a> {
    /// Its name; empty where none is said.
    pub name: &'a str,
    /// All of it.
    pub node: &'a Node,
    /// The path of the node that it brings in.
    pub host_path: Option<HostPath<'a>>,
}

/// A path of a node.
#[derive(Clone, Copy, Debug)]
pub struct HostPath<'a> {
    /// Key and value of the path.
    pub entry: &'a Entry,
    /// The path, as written.
    pub path: &'a str,
}

/// A volume as a container sees it.
#[derive(Clone, Copy, Debug)]
pub struct VolumeMount<'a> {
    /// All of it.
    pub node: &'a Node,
    /// The volume's name.
    pub name: &'a str,
    /// Where in the container.
    pub path: &'a str,
    /// Whether the container cannot write to it.
    pub read_only: bool,
}

impl Pod {
    /// The volumes.
    pub fn volumes(&self) -> Vec<Volume<'_>> {
        let nodes = self.entry("volumes").map(|it| it.value.items()).unwrap_or_default();
        let volume = |node| {
            let host_path = HostPath::of(node);
            Volume { name: text(node, "name"), node, host_path }
        };
        nodes.iter().map(volume).collect()
    }
}

impl Object {
    /// The path of a node that a persistent volume stands for.
    pub fn host_path(&self) -> Option<HostPath<'_>> {
        let spec = self.root.get("spec").filter(|_| self.kind == "PersistentVolume")?;
        HostPath::of(spec)
    }
}

impl<'a> HostPath<'a> {
    fn of(node: &'a Node) -> Option<Self> {
        let entry = node.find(&["hostPath"])?.get_entry("path")?;
        Some(Self { entry, path: entry.value.as_str()? })
    }
}

impl Container {
    /// The volumes that it mounts.
    pub fn volume_mounts(&self) -> Vec<VolumeMount<'_>> {
        let nodes = self.entry("volumeMounts").map(|it| it.value.items()).unwrap_or_default();
        let mount = |node| VolumeMount {
            node,
            name: text(node, "name"),
            path: text(node, "mountPath"),
            read_only: node.get("readOnly").and_then(Node::as_bool) == Some(true),
        };
        nodes.iter().map(mount).collect()
    }
}

/// A path without `.`, `..`, doubled and last slashes; `/` for the root.
pub fn clean_path(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.trim().split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// Whether the clean path `outer` is `inner` or a folder above it.
pub fn covers_path(outer: &str, inner: &str) -> bool {
    let rest = inner.strip_prefix(outer);
    outer == "/" || rest.is_some_and(|it| it.is_empty() || it.starts_with('/'))
}

fn text<'a>(node: &'a Node, key: &str) -> &'a str {
    node.get(key).and_then(Node::as_str).unwrap_or_default()
}
