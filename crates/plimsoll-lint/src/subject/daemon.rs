//! The Docker daemon's settings.

use std::{iter, sync::Arc};

use plimsoll_finding::{Subject, SubjectKind};
use plimsoll_text::Source;

use crate::rule::Judged;

/// The Docker daemon's settings.
#[derive(Debug)]
pub struct DaemonSubject {
    /// The text.
    pub source: Arc<Source>,
}

impl Subject for DaemonSubject {
    type Kind = ();
    type Node = ();

    fn source(&self) -> &Arc<Source> {
        &self.source
    }

    fn nodes(&self) -> impl Iterator<Item = ((), &())> {
        iter::empty()
    }
}

impl Judged for DaemonSubject {
    const KIND: SubjectKind = SubjectKind::Daemon;
}
