//! A CI workflow, with the command lines of its scripts.

use std::{iter, sync::Arc};

use plimsoll_config::{
    tree::Tree,
    workflow::{Scalar, Workflow},
    yaml::parse_yaml,
};
use plimsoll_dockerfile::ImageReference;
use plimsoll_finding::{RuleSettings, Subject, SubjectKind};
use plimsoll_posture::{CommandLines, CommandText, read_command_lines};
use plimsoll_text::{Source, Span};

use crate::rule::Judged;

/// A CI workflow.
#[derive(Debug)]
pub struct WorkflowSubject {
    /// The text.
    pub source: Arc<Source>,
    /// What it says.
    pub workflow: Workflow,
    /// The command lines of its scripts.
    pub command_lines: CommandLines,
    /// What the team told the rules.
    pub settings: Arc<RuleSettings>,
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

impl WorkflowSubject {
    /// The workflow in `source`.
    pub fn new(source: &Arc<Source>, settings: &Arc<RuleSettings>) -> Self {
        Self::of_tree(&Arc::new(parse_yaml(source)), settings)
    }

    /// The workflow in `tree`.
    pub fn of_tree(tree: &Arc<Tree>, settings: &Arc<RuleSettings>) -> Self {
        Self {
            source: Arc::clone(&tree.source),
            workflow: Workflow::read(tree),
            command_lines: read_command_lines(&tree.source, CommandText::YamlScript),
            settings: Arc::clone(settings),
        }
    }

    /// Every action or workflow that is run from elsewhere, by commit, tag or branch.
    pub(crate) fn actions(&self) -> impl Iterator<Item = Action<'_>> {
        let of_jobs = self.workflow.jobs.iter().filter_map(|it| it.uses.as_ref());
        let of_steps = self.workflow.steps().filter_map(|it| it.uses.as_ref());
        of_jobs.chain(of_steps).filter_map(Action::of)
    }

    /// Where `word` stands in a text that is written over several lines; the whole text where that
    /// cannot be told.
    pub(crate) fn word_span(&self, written: &Scalar, word: &str) -> Span {
        match self.source.slice(written.span).find(word) {
            Some(at) => {
                let start = written.span.start + at;
                Span::new(start, start + word.len())
            }
            None => written.span,
        }
    }

    /// Every image that a job, a service or a step runs in, with its name taken apart.
    pub(crate) fn images(&self) -> impl Iterator<Item = (&Scalar, ImageReference)> {
        let of_jobs = self.workflow.images().map(|it| &it.name);
        let of_steps = self.workflow.steps().filter_map(|it| it.uses.as_ref());
        let of_steps = of_steps.filter(|it| it.text.starts_with(DOCKER_SCHEME));
        of_jobs.chain(of_steps).filter_map(|it| {
            let text = it.text.strip_prefix(DOCKER_SCHEME).unwrap_or(&it.text);
            Some((it, ImageReference::parse(text)?))
        })
    }
}

/// An action as a step names it: `owner/name/path@reference`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Action<'a> {
    /// As it is written.
    pub(crate) written: &'a Scalar,
    /// Owner, repository and path.
    pub(crate) name: &'a str,
    /// What follows the `@`; `None` where there is none.
    pub(crate) reference: Option<&'a str>,
}

impl<'a> Action<'a> {
    /// The action that is written so; `None` for one of the repository itself, and for an image.
    pub(crate) fn of(written: &'a Scalar) -> Option<Self> {
        let text = written.text.as_str();
        if text.starts_with('.') || text.starts_with(DOCKER_SCHEME) || !text.contains('/') {
            return None;
        }
        let (name, reference) = match text.split_once('@') {
            Some((name, reference)) => (name, Some(reference)),
            None => (text, None),
        };
        Some(Self { written, name, reference })
    }

    /// How firmly it is held.
    pub(crate) fn hold(&self) -> Hold {
        let Some(reference) = self.reference else { return Hold::Branch };
        let is_hex = reference.bytes().all(|it| it.is_ascii_hexdigit());
        if is_hex && (reference.len() == 40 || reference.len() == 64) {
            return Hold::Commit;
        }
        // An expression may come to a commit.
        if reference.contains("${{") {
            return Hold::Commit;
        }
        let number = reference.trim_start_matches(['v', 'V']);
        if number.starts_with(|it: char| it.is_ascii_digit()) { Hold::Tag } else { Hold::Branch }
    }

    /// Whether the maintainers of GitHub own it.
    pub(crate) fn is_first_party(&self) -> bool {
        self.name.starts_with("actions/") || self.name.starts_with("github/")
    }

    /// Whether it touches images: builds them, scans, signs, or logs into a registry.
    pub(crate) fn is_about_images(&self) -> bool {
        let lower = self.name.to_ascii_lowercase();
        IMAGE_OWNERS.iter().any(|it| lower.starts_with(it))
            || IMAGE_WORDS.iter().any(|it| lower.contains(it))
    }
}

/// How firmly an action is held to what was read when it was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    /// By a full commit.
    Commit,
    /// By a tag with a version, which its owner can move.
    Tag,
    /// By a branch, or by nothing.
    Branch,
}

const DOCKER_SCHEME: &str = "docker://";

#[rustfmt::skip]
static IMAGE_OWNERS: &[&str] = &[
    "docker/", "aquasecurity/", "anchore/", "sigstore/", "snyk/", "redhat-actions/",
    "google-github-actions/setup-gcloud", "aws-actions/amazon-ecr", "azure/docker-login",
    "azure/container", "notaryproject/", "slsa-framework/", "elgohr/", "crazy-max/",
    "mr-smithers-excellent/", "goodwithtech/", "hadolint/", "sysdiglabs/", "bridgecrewio/",
    "checkmarx/", "lacework/", "chainguard-dev/", "imjasonh/setup-crane", "imjasonh/setup-ko",
    "ko-build/", "jfrog/",
];

#[rustfmt::skip]
static IMAGE_WORDS: &[&str] = &[
    "docker", "kaniko", "buildah", "podman", "container", "trivy", "grype", "cosign", "kics",
    "dockle", "hadolint", "registry", "ecr-login", "attest-build-provenance", "skopeo", "oci-image",
];
