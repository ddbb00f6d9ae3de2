//! An nginx configuration.

use std::{iter, sync::Arc};

use plimsoll_finding::{Subject, SubjectKind};
use plimsoll_text::Source;

use crate::rule::Judged;

/// An nginx configuration.
#[derive(Debug)]
pub struct NginxSubject {
    /// The text.
    pub source: Arc<Source>,
}

impl Subject for NginxSubject {
    type Kind = ();
    type Node = ();

    fn source(&self) -> &Arc<Source> {
        &self.source
    }

    fn nodes(&self) -> impl Iterator<Item = ((), &())> {
        iter::empty()
    }
}

impl Judged for NginxSubject {
    const KIND: SubjectKind = SubjectKind::Nginx;
}
