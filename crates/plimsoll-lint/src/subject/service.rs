//! One effective service.

use std::{iter, sync::Arc};

use plimsoll_finding::{Subject, SubjectKind};
use plimsoll_text::Source;

use crate::rule::Judged;

/// One effective service.
#[derive(Debug)]
pub struct ServiceSubject {
    /// The text.
    pub source: Arc<Source>,
}

impl Subject for ServiceSubject {
    type Kind = ();
    type Node = ();

    fn source(&self) -> &Arc<Source> {
        &self.source
    }

    fn nodes(&self) -> impl Iterator<Item = ((), &())> {
        iter::empty()
    }
}

impl Judged for ServiceSubject {
    const KIND: SubjectKind = SubjectKind::Service;
}
