//! One seccomp profile.

use std::{iter, sync::Arc};

use plimsoll_config::{
    edit::{CommentAbove, delete_item},
    seccomp::SeccompProfile,
    tree::Node,
};
use plimsoll_finding::{Subject, SubjectKind};
use plimsoll_text::{Edit, Source, Span};

use crate::rule::Judged;

/// One seccomp profile.
#[derive(Debug)]
pub struct SeccompSubject {
    /// The profile.
    pub profile: SeccompProfile,
}

impl SeccompSubject {
    /// Reads a profile.
    pub fn parse(source: &Arc<Source>) -> Self {
        Self { profile: SeccompProfile::parse(source) }
    }

    /// The edits that take the name at `span` out of its rule; none where that cannot be done.
    pub fn remove_name(&self, span: Span) -> Vec<Edit> {
        let rules = self.profile.root().and_then(|it| it.get("syscalls"));
        let rules = rules.map(Node::items).unwrap_or_default();
        let Some(rule) = rules.iter().find(|it| it.span.contains(span)) else { return Vec::new() };
        let Some(names) = rule.get("names") else { return Vec::new() };
        let Some(index) = names.items().iter().position(|it| it.span == span) else {
            return Vec::new();
        };
        delete_item(&self.profile.tree, names, index, CommentAbove::Keep).unwrap_or_default()
    }
}

impl Subject for SeccompSubject {
    type Kind = ();
    type Node = ();

    fn source(&self) -> &Arc<Source> {
        &self.profile.tree.source
    }

    fn nodes(&self) -> impl Iterator<Item = ((), &())> {
        iter::empty()
    }
}

impl Judged for SeccompSubject {
    const KIND: SubjectKind = SubjectKind::Seccomp;
}
