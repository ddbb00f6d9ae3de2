//! A `.env` file.

use std::{iter, sync::Arc};

use plimsoll_config::env_file::{EnvFile, EnvFileError};
use plimsoll_finding::{RuleSettings, Subject, SubjectKind};
use plimsoll_text::Source;

use crate::rule::Judged;

/// A `.env` file.
#[derive(Debug)]
pub struct EnvFileSubject {
    /// The text.
    pub source: Arc<Source>,
    /// What it says.
    pub file: EnvFile,
    /// What compose would refuse in it.
    pub errors: Vec<EnvFileError>,
    /// Whether git ignores it; `None` where that is not known (no repository).
    pub is_ignored_by_git: Option<bool>,
    /// What the team told the rules.
    pub settings: Arc<RuleSettings>,
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

impl EnvFileSubject {
    /// The `.env` file in `source`.
    pub fn new(
        source: &Arc<Source>,
        is_ignored_by_git: Option<bool>,
        settings: &Arc<RuleSettings>,
    ) -> Self {
        let (file, errors) = EnvFile::parse(source);
        let (source, settings) = (Arc::clone(source), Arc::clone(settings));
        Self { source, file, errors, is_ignored_by_git, settings }
    }
}
