//! A seccomp profile.

use std::{iter, sync::Arc};

use plimsoll_finding::{Subject, SubjectKind};
use plimsoll_text::Source;

use crate::rule::Judged;

/// A seccomp profile.
#[derive(Debug)]
pub struct SeccompSubject {
    /// The text.
    pub source: Arc<Source>,
}

impl Subject for SeccompSubject {
    type Kind = ();
    type Node = ();

    fn source(&self) -> &Arc<Source> {
        &self.source
    }

    fn nodes(&self) -> impl Iterator<Item = ((), &())> {
        iter::empty()
    }
}

impl Judged for SeccompSubject {
    const KIND: SubjectKind = SubjectKind::Seccomp;
}
