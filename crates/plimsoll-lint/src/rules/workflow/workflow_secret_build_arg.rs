use plimsoll_config::workflow::WorkflowStep;
use plimsoll_finding::{Check, Confidence, Sink};
use plimsoll_text::Span;

use crate::{rule::rule, secret_name::is_secret_name, subject::workflow::WorkflowSubject};

rule! {
    /// A secret is handed to a build as an argument.
    ///
    /// ## Why
    /// Build arguments are kept: in the history of the image, in the build's provenance, in caches
    /// that are shared. Whoever can pull the image can read the secret. A secret mount
    /// (`--secret`, `secrets:`) leaves nothing behind.
    ///
    /// ## Bad
    /// ```yaml
    /// on: push
    /// jobs:
    ///   image:
    ///     runs-on: ubuntu-24.04
    ///     steps:
    ///       - uses: docker/build-push-action@263435318d21b8e681c14492fe198d362a7d2c83
    ///         with:
    ///           context: .
    ///           build-args: |
    ///             VERSION=${{ github.sha }}
    ///             INDEX=${{ secrets.INDEX }}
    ///             # ^ workflow-secret-build-arg
    ///       - run: |
    ///           docker build \
    ///             --build-arg NPM_TOKEN=${{ secrets.NPM_TOKEN }} .
    ///             # ^ workflow-secret-build-arg
    ///       - env:
    ///           NPM_TOKEN: ${{ secrets.NPM_TOKEN }}
    ///         run: docker build --build-arg NPM_TOKEN .
    ///         # ^ workflow-secret-build-arg
    /// ```
    /// ```yaml
    /// build:
    ///   script:
    ///     - docker build --build-arg "DEPLOY=$DEPLOY_TOKEN" .
    ///     # ^ workflow-secret-build-arg
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// on: push
    /// jobs:
    ///   image:
    ///     runs-on: ubuntu-24.04
    ///     steps:
    ///       - uses: docker/build-push-action@263435318d21b8e681c14492fe198d362a7d2c83
    ///         with:
    ///           build-args: VERSION=${{ github.sha }}
    ///           secrets: index=${{ secrets.INDEX }}
    ///       - run: docker build --build-arg VERSION=1 --secret id=npm,env=NPM_TOKEN .
    ///       - run: docker build --build-arg TOKEN_URL=$TOKEN_URL .
    /// ```
    ///
    /// ## Limits
    /// A variable counts as a secret by its name, or where `secrets.` stands in its place. A secret
    /// that came into a variable with a plain name is not seen.
    ///
    /// ## References
    /// - Docker documentation: build secrets
    /// - Docker build checks: `SecretsUsedInArgOrEnv`
    "workflow-secret-build-arg" for WorkflowSubject {
        aliases: [],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["secrets.build-arg"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &WorkflowSubject, sink: &mut Sink<'_>) {
    for step in subject.workflow.steps() {
        check_inputs(subject, step, sink);
    }
    for argument in subject.command_lines.builds.iter().flat_map(|it| &it.build_args) {
        let name = argument.name.value.as_str();
        let value = argument.value.as_ref().map(|it| it.value.as_str());
        let Some(certainty) = certainty(name, value) else { continue };
        if let Some(location) = argument.name.location() {
            report(sink, location.span, name, certainty);
        }
    }
}

/// The inputs of actions that hold build arguments, a line for each.
fn check_inputs(subject: &WorkflowSubject, step: &WorkflowStep, sink: &mut Sink<'_>) {
    let inputs = ["build-args", "build_args", "buildargs", "buildArgs", "build-arg"];
    let Some(input) = inputs.iter().find_map(|it| step.input(it)) else { return };
    for line in input.text.lines() {
        let Some((name, value)) = line.trim().split_once('=') else { continue };
        if let Some(certainty) = certainty(name, Some(value)) {
            let span = subject.word_span(input, line.trim());
            report(sink, span, name, certainty);
        }
    }
}

fn certainty(name: &str, value: Option<&str>) -> Option<Confidence> {
    let Some(value) = value else {
        // Without a value it is taken from the variable of that name.
        return is_secret_name(name).then_some(Confidence::Medium);
    };
    let compact: String = value.chars().filter(|it| !it.is_whitespace()).collect();
    if compact.contains("${{") && compact.contains("secrets.") {
        return Some(Confidence::High);
    }
    if !value.contains('$') {
        return None;
    }
    let words = |text: &str| {
        let is_word = |it: char| !it.is_ascii_alphanumeric() && it != '_';
        text.split(is_word).any(is_secret_name)
    };
    (is_secret_name(name) || words(value)).then_some(Confidence::Medium)
}

fn report(sink: &mut Sink<'_>, span: Span, name: &str, certainty: Confidence) {
    let message = format!(
        "the build argument `{name}` carries a secret, which stays in the image's history and \
         provenance; hand it over as a build secret"
    );
    sink.report(span, message).confidence(certainty);
}
