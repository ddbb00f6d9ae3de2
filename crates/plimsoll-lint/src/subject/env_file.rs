//! A `.env` file.

use std::{iter, sync::Arc};

use plimsoll_finding::{Subject, SubjectKind};
use plimsoll_text::Source;

use crate::rule::Judged;

/// A `.env` file.
#[derive(Debug)]
pub struct EnvFileSubject {
    /// The text.
    pub source: Arc<Source>,
}

impl Subject for EnvFileSubject {
    type Kind = ();
    type Node = ();

    fn source(&self) -> &Arc<Source> {
        &self.source
    }

    fn nodes(&self) -> impl Iterator<Item = ((), &())> {
        iter::empty()
    }
}

impl Judged for EnvFileSubject {
    const KIND: SubjectKind = SubjectKind::EnvFile;
}
