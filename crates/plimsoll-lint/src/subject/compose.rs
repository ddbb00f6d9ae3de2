//! A compose file as it is written.

use std::{iter, sync::Arc};

use plimsoll_config::{
    compose::Issue,
    tree::{Node, Tree},
};
use plimsoll_finding::{RuleSettings, Subject, SubjectKind};
use plimsoll_text::Source;

use crate::rule::Judged;

/// A compose file as it is written, before anything is merged.
#[derive(Debug)]
pub struct ComposeSubject {
    /// The file.
    pub tree: Arc<Tree>,
    /// What compose itself would refuse or warn about in this file.
    pub issues: Vec<Issue>,
    /// Whether the file is laid over another one, so that it need not be complete.
    pub is_overlay: bool,
    /// What the team told the rules.
    pub settings: Arc<RuleSettings>,
}

impl Subject for ComposeSubject {
    type Kind = ();
    type Node = ();

    fn source(&self) -> &Arc<Source> {
        &self.tree.source
    }

    fn nodes(&self) -> impl Iterator<Item = ((), &())> {
        iter::empty()
    }
}

impl Judged for ComposeSubject {
    const KIND: SubjectKind = SubjectKind::Compose;
}

impl ComposeSubject {
    /// The top-level mapping.
    pub fn root(&self) -> Option<&Node> {
        self.tree.root()
    }

    /// The services: name and mapping.
    pub fn services(&self) -> impl Iterator<Item = (&Node, &Node)> {
        let services = self.root().and_then(|it| it.get("services"));
        let entries = services.map(Node::own_entries).unwrap_or_default();
        entries.iter().map(|it| (&it.key, &it.value))
    }
}
