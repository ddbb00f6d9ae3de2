//! Paths as a tree of names, small enough for an image of half a million files.
//!
//! Knows nothing of layers: of a node it only keeps who occupies it, as a number.

use std::hash::{BuildHasher, RandomState};

use crate::layer_entries::Text;

/// Number of a node.
pub(crate) type NodeId = u32;

/// No node, or nobody.
pub(crate) const NONE: u32 = u32::MAX;

/// The node of the root.
pub(crate) const ROOT: NodeId = 0;

/// All paths that any layer has.
#[derive(Debug)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    names: String,
    /// Nodes by the hash of parent and name. The hash has a random key, so that nobody can make
    /// names that all fall together.
    buckets: Vec<NodeId>,
    hasher: RandomState,
}

/// One name in one folder.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) parent: NodeId,
    name: Text,
    next_in_bucket: NodeId,
    first_child: NodeId,
    next_sibling: NodeId,
    /// Number of the entry that is to be seen here; a folder may be there without one.
    pub(crate) occupant: u32,
    /// The last layer that put something here or below, counted from 1.
    pub(crate) touched_by: u16,
    /// The last layer that hid what lower ones have below, counted from 1.
    pub(crate) swept_by: u16,
    pub(crate) presence: Presence,
    is_listed: bool,
}

/// What is to be seen at a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Nothing.
    Absent,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// Anything else.
    Other,
}

impl Tree {
    /// Only the root.
    pub(crate) fn new() -> Self {
        let root = Node {
            parent: ROOT,
            name: Text::default(),
            next_in_bucket: NONE,
            first_child: NONE,
            next_sibling: NONE,
            occupant: NONE,
            touched_by: 0,
            swept_by: 0,
            presence: Presence::Folder,
            is_listed: true,
        };
        Self {
            nodes: vec![root],
            names: String::new(),
            buckets: vec![NONE; 1024],
            hasher: RandomState::new(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id as usize)
    }

    pub(crate) fn node_mut(&mut self, id: NodeId) -> Option<&mut Node> {
        self.nodes.get_mut(id as usize)
    }

    pub(crate) fn presence(&self, id: NodeId) -> Presence {
        self.node(id).map_or(Presence::Absent, |it| it.presence)
    }

    pub(crate) fn parent(&self, id: NodeId) -> NodeId {
        self.node(id).map_or(ROOT, |it| it.parent)
    }

    pub(crate) fn name(&self, id: NodeId) -> &str {
        self.node(id).map_or("", |it| it.name.of(&self.names))
    }

    /// The node of a name in a folder, whether anything is to be seen there or not.
    pub(crate) fn child(&self, parent: NodeId, name: &str) -> Option<NodeId> {
        let mut id = self.buckets.get(self.bucket(parent, name)).copied().unwrap_or(NONE);
        while let Some(node) = self.node(id) {
            if node.parent == parent && node.name.of(&self.names) == name && id != ROOT {
                return Some(id);
            }
            id = node.next_in_bucket;
        }
        None
    }

    /// The same, made if it was not there; `None` if there are too many.
    pub(crate) fn child_or_new(&mut self, parent: NodeId, name: &str) -> Option<NodeId> {
        if let Some(id) = self.child(parent, name) {
            return Some(id);
        }
        if self.nodes.len() >= MAX_NODES {
            return None;
        }
        let id = u32::try_from(self.nodes.len()).ok()?;
        let name_text = Text::add(&mut self.names, name)?;
        if self.nodes.len() > self.buckets.len() {
            self.grow();
        }
        let bucket = self.bucket(parent, name);
        let head = self.buckets.get_mut(bucket)?;
        let next_in_bucket = std::mem::replace(head, id);
        self.nodes.push(Node {
            parent,
            name: name_text,
            next_in_bucket,
            first_child: NONE,
            next_sibling: NONE,
            occupant: NONE,
            touched_by: 0,
            swept_by: 0,
            presence: Presence::Absent,
            is_listed: false,
        });
        Some(id)
    }

    /// Shows something at a node, which its folder then lists.
    pub(crate) fn show(&mut self, id: NodeId, presence: Presence, occupant: u32) {
        let Some(node) = self.node_mut(id) else { return };
        node.presence = presence;
        node.occupant = occupant;
        if std::mem::replace(&mut node.is_listed, true) {
            return;
        }
        let parent = node.parent;
        let Some(folder) = self.node_mut(parent) else { return };
        let next = std::mem::replace(&mut folder.first_child, id);
        if let Some(node) = self.node_mut(id) {
            node.next_sibling = next;
        }
    }

    /// Nothing is to be seen here any more. The folder forgets it at its next [`Tree::retain`].
    pub(crate) fn hide(&mut self, id: NodeId) {
        if let Some(node) = self.node_mut(id) {
            node.presence = Presence::Absent;
            node.occupant = NONE;
        }
    }

    /// What is to be seen in a folder. The list has no order that means anything.
    pub(crate) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let mut next = self.node(id).map_or(NONE, |it| it.first_child);
        std::iter::from_fn(move || {
            loop {
                let id = next;
                let node = self.node(id)?;
                next = node.next_sibling;
                if node.presence != Presence::Absent {
                    return Some(id);
                }
            }
        })
    }

    /// Takes the list of a folder, which is then empty.
    pub(crate) fn take_children(&mut self, id: NodeId) -> Vec<NodeId> {
        let mut res = Vec::new();
        let Some(folder) = self.node_mut(id) else { return res };
        let mut next = std::mem::replace(&mut folder.first_child, NONE);
        while let Some(node) = self.node_mut(next) {
            node.is_listed = false;
            if node.presence != Presence::Absent {
                res.push(next);
            }
            next = std::mem::replace(&mut node.next_sibling, NONE);
        }
        res
    }

    /// The path of a node from the root.
    pub(crate) fn path(&self, id: NodeId) -> String {
        let mut chain = Vec::new();
        let mut id = id;
        while id != ROOT && self.node(id).is_some() {
            chain.push(id);
            id = self.parent(id);
        }
        let mut res = String::new();
        for id in chain.into_iter().rev() {
            if !res.is_empty() {
                res.push('/');
            }
            res.push_str(self.name(id));
        }
        res
    }

    pub(crate) fn shrink(&mut self) {
        self.nodes.shrink_to_fit();
        self.names.shrink_to_fit();
    }

    /// Bytes of memory, roughly.
    #[cfg(test)]
    pub(crate) fn n_bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<Node>()
            + self.names.capacity()
            + self.buckets.capacity() * size_of::<NodeId>()
    }

    fn bucket(&self, parent: NodeId, name: &str) -> usize {
        let hash = self.hasher.hash_one((parent, name));
        usize::try_from(hash % self.buckets.len() as u64).unwrap_or(0)
    }

    fn grow(&mut self) {
        self.buckets = vec![NONE; self.buckets.len() * 2];
        for id in 1..u32::try_from(self.nodes.len()).unwrap_or(NONE) {
            let bucket = self.bucket(self.parent(id), self.name(id));
            let Some(head) = self.buckets.get_mut(bucket) else { continue };
            let next = std::mem::replace(head, id);
            if let Some(node) = self.node_mut(id) {
                node.next_in_bucket = next;
            }
        }
    }
}

/// Four million paths take some 200 MB; no image has so many.
const MAX_NODES: usize = 4_000_000;
