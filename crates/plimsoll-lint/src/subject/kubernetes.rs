//! A Kubernetes manifest.

use std::{iter, sync::Arc};

use plimsoll_finding::{Subject, SubjectKind};
use plimsoll_text::Source;

use crate::rule::Judged;

/// A Kubernetes manifest.
#[derive(Debug)]
pub struct KubernetesSubject {
    /// The text.
    pub source: Arc<Source>,
}

impl Subject for KubernetesSubject {
    type Kind = ();
    type Node = ();

    fn source(&self) -> &Arc<Source> {
        &self.source
    }

    fn nodes(&self) -> impl Iterator<Item = ((), &())> {
        iter::empty()
    }
}

impl Judged for KubernetesSubject {
    const KIND: SubjectKind = SubjectKind::Kubernetes;
}
