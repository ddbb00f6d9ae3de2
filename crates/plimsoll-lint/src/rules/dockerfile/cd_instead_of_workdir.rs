use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_text::{Edit, Span};

use crate::{
    cd_command::{Cd, outer_cds},
    file_path::{is_simple, join},
    instruction_edit::{has_comment_inside, line_break},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
    working_directory::{Directory, directories},
};

rule! {
    /// `cd` in a `RUN` where `WORKDIR` would say it.
    ///
    /// ## Why
    /// `WORKDIR` creates the directory, holds for the instructions that follow and can be found by
    /// a reader who looks for it. A `cd` in the middle of a command line is easy to overlook.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22
    /// WORKDIR /srv
    /// RUN cd /srv/app && make && make install
    /// # ^ cd-instead-of-workdir
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN cd /srv/app && make
    /// # ^ cd-instead-of-workdir
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN apk add make && cd /srv/app && make
    /// # ^ cd-instead-of-workdir
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.22
    /// WORKDIR /srv
    /// WORKDIR /srv/app
    /// RUN make && make install
    /// WORKDIR /srv
    /// # ^ cd-instead-of-workdir
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// WORKDIR /srv/app
    /// RUN make
    /// # ^ cd-instead-of-workdir
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22
    /// WORKDIR /srv/app
    /// RUN make && (cd docs && make)
    /// CMD cd /srv/app && ./run
    /// RUN echo cd /srv
    /// ```
    ///
    /// ## Limits
    /// A `cd` in a subshell, a loop or a branch is left alone, since `WORKDIR` cannot say it. A
    /// `cd` with nothing after it is for `lost-cd`. The fix puts the old directory back where the
    /// file says which one it was; where only the base image knows, all that follows runs in the
    /// new one, and therefore the fix is not applied unasked.
    ///
    /// ## References
    /// - Dockerfile reference: `WORKDIR`
    "cd-instead-of-workdir" for DockerfileSubject {
        aliases: [
            "hadolint:DL3003", "kics:run_command_cd_instead_of_workdir", "trivy:DS-0013",
            "semgrep:use-workdir", "dockerfile-doctor:DD045", "droast:DF008",
        ],
        severity: Info,
        confidence: Medium,
        audience: Style,
        controls: [],
        fix: Unsafe,
        check: Check::WholeWith(WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let mut known: Option<Vec<Directory>> = None;
    let runs = subject.dockerfile.all_instructions().filter(|it| it.keyword == Keyword::Run);
    for run in runs.filter(|it| subject.may_hold(it, &WANTED)) {
        let cds = outer_cds(run);
        let Some(cd) = cds.iter().find(|it| !it.is_last) else { continue };
        let message = "`cd` holds for this `RUN` only; say it with `WORKDIR`";
        let draft = sink.report(cd.span, message);
        let known = known.get_or_insert_with(|| directories(&subject.dockerfile));
        let edits = match (cds.len(), known.get(run.index)) {
            (1, Some(before)) => workdir_before(subject, run, cd, before),
            _ => None,
        };
        draft.fix("Set the directory with `WORKDIR`", Safety::Unsafe, edits.unwrap_or_default());
    }
}

/// `WORKDIR` before the rest of the `RUN`, and the old directory after it where it is known.
fn workdir_before(
    subject: &DockerfileSubject,
    run: &Instruction,
    cd: &Cd,
    before: &Directory,
) -> Option<Vec<Edit>> {
    let rest = cd.leads_to?;
    let target = cd.target.as_deref()?;
    let path = match before.path.as_deref() {
        Some(it) => join(it, target)?,
        None => target.starts_with('/').then(|| target.to_owned())?,
    };
    let is_plain = run.args.start == cd.span.start
        && run.heredocs.is_empty()
        && !run.onbuild
        && is_simple(&path)
        && !has_comment_inside(&subject.dockerfile, run);
    if !is_plain {
        return None;
    }
    let source = &subject.dockerfile.source;
    let end = line_break(source, run.name.start);
    let head = Span::new(run.name.start, rest);
    let mut edits = vec![Edit::replace(head, format!("WORKDIR {path}{end}RUN "))];
    if let Some(old) = before.path.as_deref().filter(|it| is_simple(it)) {
        let end_offset = run.span.start + source.slice(run.span).trim_end().len();
        edits.push(Edit::insert(end_offset, format!("{end}WORKDIR {old}")));
    }
    Some(edits)
}

const WANTED: Wanted = Wanted::word(&["cd"]);
