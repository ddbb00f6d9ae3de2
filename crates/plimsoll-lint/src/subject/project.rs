//! All services of one compose project together.

use std::{iter, sync::Arc};

use plimsoll_finding::{Subject, SubjectKind};
use plimsoll_text::Source;

use crate::rule::Judged;

/// All services of one compose project together.
#[derive(Debug)]
pub struct ProjectSubject {
    /// The text.
    pub source: Arc<Source>,
}

impl Subject for ProjectSubject {
    type Kind = ();
    type Node = ();

    fn source(&self) -> &Arc<Source> {
        &self.source
    }

    fn nodes(&self) -> impl Iterator<Item = ((), &())> {
        iter::empty()
    }
}

impl Judged for ProjectSubject {
    const KIND: SubjectKind = SubjectKind::Project;
}
