use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};

use crate::{
    package_manager::{Action, Manager, PackageCommand, package_commands},
    rule::rule,
    run_step::report,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// `npm install` where `npm ci` is meant.
    ///
    /// ## Why
    /// `npm install` may move versions and rewrite the lock file, so what is built is not what was
    /// tested. `npm ci` installs what the lock file says, or fails.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM node:22
    /// COPY package.json package-lock.json ./
    /// RUN npm install
    /// # ^ npm-install-instead-of-ci
    /// RUN ["npm", "i", "--no-audit"]
    /// # ^ npm-install-instead-of-ci
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM node:22
    /// COPY package.json package-lock.json ./
    /// RUN npm ci
    /// # ^ npm-install-instead-of-ci
    /// RUN ["npm", "ci", "--no-audit"]
    /// # ^ npm-install-instead-of-ci
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM node:22
    /// RUN npm ci --omit=dev
    /// RUN npm install --production
    /// RUN npm install --omit dev
    /// RUN npm install express@4 && npm install -g && npm install --no-package-lock
    /// ```
    ///
    /// ```dockerfile
    /// # file: Dockerfile
    /// FROM node:22
    /// RUN npm install
    /// # file: package.json
    /// {}
    /// ```
    ///
    /// ## Limits
    /// Where the build context is known and has no lock file, nothing is said. Installs without
    /// development packages are left alone.
    ///
    /// ## References
    /// - npm documentation: `npm ci`
    "npm-install-instead-of-ci" for DockerfileSubject {
        aliases: ["dockerfile-doctor:DD010", "droast:DF031"],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: ["image.verified-packages"],
        fix: Unsafe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    if lacks_lock_file(subject) {
        return;
    }
    let steps = subject.steps(run);
    for command in package_commands(steps).filter(installs_all) {
        let Some(verb) = command.verb else { continue };
        let edit = command.step.replace_word(verb.span, "ci");
        let message =
            format!("`{}` may change versions; `npm ci` installs the lock file", command.title());
        report(subject, run, sink, command.step.name_span, message).fix(
            "Use `npm ci`",
            Safety::Unsafe,
            edit.into_iter().collect(),
        );
    }
}

fn installs_all(command: &PackageCommand<'_>) -> bool {
    let is_install = command.manager == Manager::Npm && command.action == Action::Install;
    let is_partial = command.has_option(&[
        "--production",
        "--omit",
        "--only",
        "--global",
        "--location",
        "--no-package-lock",
        "--package-lock",
        "--package-lock-only",
        "--no-save",
    ]);
    is_install
        && command.operands.is_empty()
        && !is_partial
        && !command.has_short('g')
        && !command.is_dry()
}

fn lacks_lock_file(subject: &DockerfileSubject) -> bool {
    let names = ["package-lock.json", "npm-shrinkwrap.json"];
    subject.context.as_ref().is_some_and(|context| {
        let mut files = context.files.iter().map(|it| it.rsplit('/').next().unwrap_or_default());
        context.is_complete && !files.any(|it| names.contains(&it))
    })
}

const WANTED: Wanted = Wanted::word(Manager::Npm.programs());
