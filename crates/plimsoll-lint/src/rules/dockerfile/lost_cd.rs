use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_text::{Edit, Span};

use crate::{
    cd_command::{Cd, outer_cds},
    file_path::is_simple,
    instruction_edit::has_comment_inside,
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// `cd` at the end of a `RUN`.
    ///
    /// ## Why
    /// Each `RUN` starts a shell of its own in the directory of `WORKDIR`. A `cd` that comes last
    /// is forgotten at once: the next instruction does not run where it seems to.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN cd /srv/app
    /// # ^ lost-cd
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN apk add make && cd /srv/app
    /// # ^ lost-cd
    /// RUN make
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.22
    /// WORKDIR /srv/app
    /// # ^ lost-cd
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN cd /srv/app && make
    /// RUN cd /srv/app; [ -f Makefile ]
    /// CMD cd /srv/app
    /// ```
    ///
    /// ## Limits
    /// The scripts of Windows shells are not read.
    ///
    /// ## References
    /// - Dockerfile reference: `RUN`, `WORKDIR`
    "lost-cd" for DockerfileSubject {
        aliases: [
            "hadolint:DL3003", "kics:run_command_cd_instead_of_workdir", "trivy:DS-0013",
            "dockerfile-doctor:DD045", "droast:DF008",
        ],
        severity: Low,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let cds = outer_cds(run);
    let Some(cd) = cds.last().filter(|it| it.is_last) else { return };
    let message = "this `cd` ends with its `RUN`, so nothing runs there; use `WORKDIR`";
    let draft = sink.report(cd.span, message);
    if let Some(edit) = workdir_instead(subject, run, cd) {
        draft.fix("Make it a `WORKDIR`", Safety::Unsafe, vec![edit]);
    }
}

/// `WORKDIR` in the place of a `RUN` that does nothing else.
fn workdir_instead(subject: &DockerfileSubject, run: &Instruction, cd: &Cd) -> Option<Edit> {
    let target = cd.target.as_deref().filter(|it| is_simple(it) && it.starts_with('/'))?;
    let is_alone = run.args == cd.span && run.heredocs.is_empty();
    let whole = Span::new(run.name.start, cd.span.end);
    (is_alone && !has_comment_inside(&subject.dockerfile, run))
        .then(|| Edit::replace(whole, format!("WORKDIR {target}")))
}

const WANTED: Wanted = Wanted::word(&["cd"]);
