use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    package_manager::{Action, Manager, package_commands},
    package_pin::is_open_npm_git,
    rule::rule,
    run_step::report,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// An npm package from the head of a git repository.
    ///
    /// ## Why
    /// Without `#commit` npm takes whatever the default branch holds at that moment. Nobody
    /// released it, and the next build gets something else.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM node:22
    /// RUN npm install git+https://example.com/team/lib.git
    /// # ^ unpinned-npm-git-source
    /// RUN npm install git://example.com/team/lib.git
    /// # ^ unpinned-npm-git-source
    /// RUN npm install team/lib
    /// # ^ unpinned-npm-git-source
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM node:22
    /// RUN npm install git+https://example.com/team/lib.git#v1.0.27 team/lib#semver:^5.0
    /// RUN npm install ./team/lib @team/lib express https://example.com/lib.tgz
    /// ```
    ///
    /// ## Limits
    /// A branch behind `#` counts as pinned.
    ///
    /// ## References
    /// - npm documentation: `npm install <git remote url>`
    "unpinned-npm-git-source" for DockerfileSubject {
        aliases: ["hadolint:DL3016"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["image.verified-packages"],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let steps = subject.steps(run);
    let installs = package_commands(steps)
        .filter(|it| it.manager == Manager::Npm && it.action == Action::Install && !it.is_dry());
    let mut operands = installs.flat_map(|it| it.operands);
    if let Some(open) = operands.find(|it| !it.is_dynamic && is_open_npm_git(&it.text)) {
        let message = format!("`{}` names no commit; add `#COMMIT` or `#TAG`", open.text);
        report(subject, run, sink, open.span, message);
    }
}

const WANTED: Wanted = Wanted::word(Manager::Npm.programs());
