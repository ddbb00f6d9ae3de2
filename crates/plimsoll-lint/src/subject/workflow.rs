//! A CI workflow.

use std::{iter, sync::Arc};

use plimsoll_finding::{Subject, SubjectKind};
use plimsoll_text::Source;

use crate::rule::Judged;

/// A CI workflow.
#[derive(Debug)]
pub struct WorkflowSubject {
    /// The text.
    pub source: Arc<Source>,
}

impl Subject for WorkflowSubject {
    type Kind = ();
    type Node = ();

    fn source(&self) -> &Arc<Source> {
        &self.source
    }

    fn nodes(&self) -> impl Iterator<Item = ((), &())> {
        iter::empty()
    }
}

impl Judged for WorkflowSubject {
    const KIND: SubjectKind = SubjectKind::Workflow;
}
