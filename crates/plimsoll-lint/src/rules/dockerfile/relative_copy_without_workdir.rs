use plimsoll_dockerfile::{Copy, InstructionKind, Keyword};
use plimsoll_finding::{Check, Confidence, Safety, Sink};
use plimsoll_text::Edit;

use crate::{base::base_image, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Relative destination without a `WORKDIR`.
    ///
    /// ## Why
    /// The destination counts from the working folder. Where no `WORKDIR` is set, that is
    /// whatever the base image has, mostly `/`; a new base image moves the files.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// COPY app bin/
    /// # ^ relative-copy-without-workdir
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// COPY app /bin/
    /// # ^ relative-copy-without-workdir
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12 AS base
    /// WORKDIR /app
    /// COPY app bin/
    /// FROM base
    /// COPY app bin/
    /// FROM debian:12
    /// COPY app /usr/bin/
    /// COPY app $TARGET
    /// COPY app c:\app
    /// FROM golang:1.24
    /// COPY go.mod ./
    /// ```
    ///
    /// ## Limits
    /// Base images that are known to set a working folder are left alone; of others nothing is
    /// known.
    ///
    /// ## References
    /// - Dockerfile reference: `COPY`, `WORKDIR`
    "relative-copy-without-workdir" for DockerfileSubject {
        aliases: [
            "hadolint:DL3045", "dockerfile-doctor:DD041", "droast:DF063",
        ],
        severity: Low,
        confidence: Medium,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let dockerfile = &subject.dockerfile;
    let mut has_workdir = vec![false; dockerfile.stages.len().max(1)];
    for instruction in dockerfile.all_instructions() {
        let stage = instruction.stage.unwrap_or_default();
        let below = dockerfile.stages.get(stage).and_then(|it| match it.base {
            plimsoll_dockerfile::Base::Stage(below) => Some(below),
            _ => None,
        });
        match &instruction.kind {
            _ if instruction.keyword == Keyword::From && !instruction.onbuild => {
                let inherited = below.and_then(|it| has_workdir.get(it).copied()).unwrap_or(false);
                let known = base_image(dockerfile, stage)
                    .is_some_and(|it| SET_WORKDIR.contains(&it.familiar_name().as_str()));
                if let Some(it) = has_workdir.get_mut(stage) {
                    *it = inherited || known;
                }
            }
            InstructionKind::Workdir(_) => {
                if let Some(it) = has_workdir.get_mut(stage) {
                    *it = true;
                }
            }
            InstructionKind::Copy(copy) | InstructionKind::Add(copy)
                if !has_workdir.get(stage).copied().unwrap_or(true)
                    && is_relative(copy, dockerfile.escape) =>
            {
                report(instruction.name, copy, below.is_some(), sink);
            }
            _ => {}
        }
    }
}

fn report(name: plimsoll_text::Span, copy: &Copy, in_chain: bool, sink: &mut Sink<'_>) {
    let draft = sink.report(name, "the destination counts from a folder that no `WORKDIR` sets");
    let draft = if in_chain { draft } else { draft.confidence(Confidence::Medium) };
    let word = &copy.destination;
    let has_dot = word.text.starts_with("./");
    let quote = usize::from(copy.json || word.text.starts_with(['"', '\'']));
    if word.text.trim_matches(['"', '\'', '.', '/']).is_empty() || (has_dot && quote == 1) {
        return;
    }
    let edit = if has_dot {
        let dot = plimsoll_text::Span::new(word.span.start, word.span.start + 1);
        Edit::delete(dot)
    } else {
        Edit::insert(word.span.start + quote, "/")
    };
    draft.fix("Count from the root", Safety::Unsafe, vec![edit]);
}

fn is_relative(copy: &Copy, escape: char) -> bool {
    let path = copy.destination.unquoted(escape);
    let raw = copy.destination.text.trim_matches(['"', '\'']);
    let drive = |it: &str| {
        let mut chars = it.chars();
        chars.next().is_some_and(|it| it.is_ascii_alphabetic()) && chars.next() == Some(':')
    };
    !path.is_empty() && !path.starts_with(['/', '\\', '$']) && !drive(raw)
}

/// Images that are known to set a working folder of their own.
static SET_WORKDIR: &[&str] = &[
    "golang",
    "php",
    "composer",
    "wordpress",
    "httpd",
    "tomcat",
    "tomee",
    "ghost",
    "redis",
    "drupal",
    "joomla",
    "nextcloud",
    "perl",
    "elasticsearch",
    "kibana",
    "logstash",
    "gradle",
    "jetty",
    "oven/bun",
    "solr",
    "sonarqube",
    "grafana/grafana",
    "jenkins/jenkins",
    "odoo",
];
