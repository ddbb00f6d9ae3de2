//! What a CI workflow does to images: push, scan, sign. Shared by the rules that ask for one where
//! another is. Judges nothing.

use plimsoll_config::workflow::{Job, WorkflowStep};
use plimsoll_text::Span;

use crate::subject::workflow::{Action, WorkflowSubject};

/// Where the workflow pushes images, in order.
pub(crate) fn pushes(subject: &WorkflowSubject) -> Vec<Span> {
    let mut res: Vec<Span> = subject.workflow.steps().filter_map(action_push).collect();
    let lines = &subject.command_lines;
    res.extend(lines.builds.iter().filter_map(|it| {
        let push = it.push.as_ref().filter(|it| it.value)?;
        push.location().map(|it| it.span)
    }));
    let others = lines.others.iter();
    res.extend(
        others
            .filter(|it| {
                let has = |word: &str| it.arguments.iter().any(|it| it.value == word);
                match it.verb.as_str() {
                    "push" | "image push" | "manifest push" => true,
                    "compose" => has("push") || has("--push"),
                    "buildx bake" => has("--push"),
                    _ => false,
                }
            })
            .map(|it| it.place.span),
    );
    let programs = lines.programs.iter();
    // Kaniko pushes unless it is told not to.
    res.extend(programs.filter(|it| it.value == "executor").filter_map(|it| {
        let location = it.location()?;
        let is_kaniko = location.source.text().contains("kaniko");
        let is_dry = location.source.text().contains("--no-push");
        (is_kaniko && !is_dry).then_some(location.span)
    }));
    res.sort();
    res.dedup();
    res
}

/// Whether something in the workflow looks for known vulnerabilities in images.
pub(crate) fn has_image_scan(subject: &WorkflowSubject) -> bool {
    let lines = &subject.command_lines;
    let by_action = subject.workflow.steps().any(|step| {
        let name = step.uses.as_ref().and_then(Action::of).map(|it| it.name.to_ascii_lowercase());
        let is_scan = name.is_some_and(|it| SCAN_WORDS.iter().any(|word| it.contains(word)));
        is_scan && !scans_files_only(step)
    });
    let by_program = lines.programs.iter().any(|it| SCAN_PROGRAMS.contains(&it.value.as_str()));
    let by_engine = lines.others.iter().any(|it| {
        it.verb.starts_with("scout") || it.verb == "scan" || {
            let words = it.arguments.iter().map(|it| it.value.as_str());
            words.flat_map(|it| it.split(['/', ':', '@'])).any(|it| SCAN_PROGRAMS.contains(&it))
        }
    });
    let by_container = lines.services.iter().any(|it| {
        let image = it.image.as_ref().map(|it| it.value.to_ascii_lowercase()).unwrap_or_default();
        SCAN_WORDS.iter().any(|word| image.contains(word))
    });
    let names = subject.workflow.jobs.iter().flat_map(job_names);
    let by_template = subject.workflow.includes.iter().map(|it| it.text.as_str());
    by_action || by_program || by_engine || by_container || names.chain(by_template).any(names_scan)
}

/// Whether something in the workflow signs images or attests where they come from.
pub(crate) fn has_signature(subject: &WorkflowSubject) -> bool {
    let lines = &subject.command_lines;
    let names = subject.workflow.steps().filter_map(|it| it.uses.as_ref());
    let jobs = subject.workflow.jobs.iter().filter_map(|it| it.uses.as_ref());
    let by_action = names.chain(jobs).any(|it| {
        let lower = it.text.to_ascii_lowercase();
        SIGNATURE_WORDS.iter().any(|word| lower.contains(word))
    });
    let by_program = lines
        .programs
        .iter()
        .any(|it| matches!(it.value.as_str(), "cosign" | "notation" | "gitsign" | "slsa-verifier"));
    let by_engine = lines.others.iter().any(|it| it.verb.starts_with("trust"));
    let by_container = lines.services.iter().any(|it| {
        let image = it.image.as_ref().map(|it| it.value.as_str()).unwrap_or_default();
        image.contains("cosign") || image.contains("notation")
    });
    let by_option = subject
        .command_lines
        .others
        .iter()
        .any(|it| it.arguments.iter().any(|it| it.value.starts_with("--sign-by")));
    let includes = subject.workflow.includes.iter();
    let by_template = includes
        .map(|it| it.text.to_ascii_lowercase())
        .any(|it| it.contains("cosign") || it.contains("sign-image") || it.contains("signing"));
    by_action || by_program || by_engine || by_container || by_option || by_template
}

/// Whether it runs workflows or templates from elsewhere, which may do anything.
pub(crate) fn runs_unknown_parts(subject: &WorkflowSubject) -> bool {
    let workflow = &subject.workflow;
    workflow.is_truncated
        || subject.command_lines.is_truncated
        || workflow.jobs.iter().any(|it| it.uses.is_some())
        || !workflow.includes.is_empty()
}

/// The place where an action of the step pushes an image.
fn action_push(step: &WorkflowStep) -> Option<Span> {
    let uses = step.uses.as_ref()?;
    let name = Action::of(uses)?.name.to_ascii_lowercase();
    let push = step.input("push");
    match name.as_str() {
        "docker/build-push-action" | "docker/bake-action" | "depot/build-push-action" => {
            let is_on = |it: &&plimsoll_config::workflow::Scalar| {
                it.text.trim() == "true" || it.text.contains("${{")
            };
            let output = step.input("outputs").filter(|it| it.text.contains("push=true"));
            push.filter(is_on).or(output).map(|it| it.span)
        }
        "redhat-actions/push-to-registry" | "elgohr/publish-docker-github-action" => {
            Some(uses.span)
        }
        "mr-smithers-excellent/docker-build-push" | "int128/kaniko-action" => {
            let is_off = push.is_some_and(|it| it.text.trim() == "false");
            (!is_off).then_some(uses.span)
        }
        _ => None,
    }
}

/// Whether a scanner is told to look at files in place of an image.
fn scans_files_only(step: &WorkflowStep) -> bool {
    let kind = step.input("scan-type").map(|it| it.text.trim());
    let by_kind = kind.is_some_and(|it| matches!(it, "fs" | "filesystem" | "config" | "repo"));
    let by_path = step.input("path").is_some() && step.input("image").is_none();
    by_kind || by_path
}

fn job_names(job: &Job) -> Vec<&str> {
    let local = job.uses.iter().map(|it| it.text.as_str());
    let steps_local = job.steps.iter().filter_map(|it| it.uses.as_ref());
    let steps_local = steps_local.map(|it| it.text.as_str()).filter(|it| it.starts_with('.'));
    let image = job.image.iter().map(|it| it.name.text.as_str());
    let extends = job.extends.iter().map(|it| it.text.as_str());
    let name = std::iter::once(job.name.text.as_str());
    name.chain(local).chain(steps_local).chain(image).chain(extends).collect()
}

fn names_scan(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    SCAN_WORDS.iter().any(|it| lower.contains(it))
        || ["container-scanning", "container_scanning", "scan-image", "image-scan", "scan_image"]
            .iter()
            .any(|it| lower.contains(it))
}

/// Words in the names of actions and images that scan images.
#[rustfmt::skip]
static SCAN_WORDS: &[&str] = &[
    "trivy", "grype", "anchore/scan-action", "docker/scout", "snyk/actions/docker", "snyk/snyk",
    "clair", "plimsoll", "sysdig", "lacework", "prisma-cloud", "twistlock", "jfrog", "qualys",
    "container-scan", "container-scanning", "container_scanning", "wiz-sec", "image-scan", "dagda",
    "image_scan", "osv-scanner", "neuvector", "aqua-scan", "inspector", "docker-bench",
];

/// Programs that scan images.
#[rustfmt::skip]
static SCAN_PROGRAMS: &[&str] = &[
    "trivy", "grype", "snyk", "plimsoll", "anchore-cli", "anchorectl", "clair-scanner", "clairctl",
    "twistcli", "sysdig-cli-scanner", "osv-scanner", "wizcli", "gtcs", "neuvector", "jf", "lw-scanner",
    "docker-scout", "vuls", "dockle", "scanner", "clair", "xeol", "copa",
];

static SIGNATURE_WORDS: &[&str] = &[
    "cosign",
    "notation",
    "notaryproject",
    "sigstore",
    "attest-build-provenance",
    "actions/attest",
    "slsa-github-generator",
    "slsa-framework/",
    "signing-action",
];
