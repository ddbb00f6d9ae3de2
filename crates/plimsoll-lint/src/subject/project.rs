//! All services of one compose project together, with what stands around them.

use std::{collections::BTreeMap, iter, sync::Arc};

use plimsoll_finding::{RuleSettings, Subject, SubjectKind};
use plimsoll_posture::{Project, Service};
use plimsoll_text::Source;

use crate::{rule::Judged, subject::dockerfile::BuildContext};

/// A compose project.
#[derive(Debug)]
pub struct ProjectSubject {
    /// The services and what they share.
    pub project: Arc<Project>,
    /// The build contexts of services, by service name, where they could be listed.
    pub contexts: BTreeMap<String, Arc<BuildContext>>,
    /// The `.env` file beside the project.
    pub env_file: Option<ProjectEnvFile>,
    /// What the team told the rules.
    pub settings: Arc<RuleSettings>,
    /// The first file of the project.
    pub source: Arc<Source>,
}

/// The `.env` file of a project.
#[derive(Debug)]
pub struct ProjectEnvFile {
    /// Its text.
    pub source: Arc<Source>,
    /// Whether git ignores it; `None` where that is not known (no repository).
    pub is_ignored_by_git: Option<bool>,
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

impl ProjectSubject {
    /// The services, in the order of the file.
    pub fn services(&self) -> &[Service] {
        &self.project.services
    }
}
