//! A compose file as it is written.

use std::{iter, sync::Arc};

use plimsoll_finding::{Subject, SubjectKind};
use plimsoll_text::Source;

use crate::rule::Judged;

/// A compose file as it is written.
#[derive(Debug)]
pub struct ComposeSubject {
    /// The text.
    pub source: Arc<Source>,
}

impl Subject for ComposeSubject {
    type Kind = ();
    type Node = ();

    fn source(&self) -> &Arc<Source> {
        &self.source
    }

    fn nodes(&self) -> impl Iterator<Item = ((), &())> {
        iter::empty()
    }
}

impl Judged for ComposeSubject {
    const KIND: SubjectKind = SubjectKind::Compose;
}
