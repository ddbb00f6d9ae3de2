use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    package_manager::Manager, package_report::report_unpinned, rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// An npm package without a version.
    ///
    /// ## Why
    /// Two builds of the same Dockerfile give two different images, and nobody can say when a fault
    /// came in. A pin makes each change a commit that can be reviewed and taken back.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM node:22
    /// RUN npm install express
    /// # ^ unpinned-npm-package
    /// RUN npm i -g @angular/cli
    /// # ^ unpinned-npm-package
    /// RUN ["npm", "add", "sax"]
    /// # ^ unpinned-npm-package
    /// RUN npm install --registry https://example.com express sax@0.1.1
    /// # ^ unpinned-npm-package
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM node:22
    /// RUN npm install && npm install --progress=false && npm ci
    /// RUN npm install express@"4.1.1" @team/lib@">=0.1.0 <0.2.0"
    /// RUN npm install ./lib ../lib /lib lib-1.2.3.tgz https://example.com/lib.tar.gz
    /// RUN npm install -g npm@$NPM_VERSION $EXTRA
    /// RUN npm run --silent install && npm install git://example.com/lib.git
    /// ```
    ///
    /// ## Limits
    /// A tag such as `@latest` counts as a version here, since it was written on purpose. A word
    /// with a variable in it is left alone.
    ///
    /// ## References
    /// - npm documentation: `npm install`
    /// - CIS Docker Benchmark 4.11
    "unpinned-npm-package" for DockerfileSubject {
        aliases: [
            "hadolint:DL3016",
            "kics:npm_install_without_pinned_version",
            "dockerfile-doctor:DD029",
        ],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["image.verified-packages"],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    report_unpinned(subject, run, sink, |it| it.manager == Manager::Npm, "NAME@VERSION");
}

const WANTED: Wanted = Wanted::word(Manager::Npm.programs());
