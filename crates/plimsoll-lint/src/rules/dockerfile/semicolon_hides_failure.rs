use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_shell::OperatorKind;
use plimsoll_text::Edit;

use crate::{
    rule::rule,
    shell_text::{asks_status, ends_in_success, has_errexit, hides_failure},
    subject::dockerfile::{DockerfileSubject, form},
};

rule! {
    /// `;` goes on after a failure.
    ///
    /// ## Why
    /// The status of `a; b` is that of `b`. If `a` fails, the build goes on and the image lacks
    /// what `a` should have made. `&&` stops.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN apt-get update; apt-get install -y curl; rm -rf /var/lib/apt/lists/*
    /// # ^ semicolon-hides-failure
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
    /// # ^ semicolon-hides-failure
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN apt-get update && apt-get install -y curl
    /// RUN set -eux; apt-get update; apt-get install -y curl
    /// RUN echo start; VERSION=1; export VERSION; make
    /// RUN make; status=$?; cat log; exit $status
    /// RUN service nginx stop; true
    /// RUN rmdir /x || mkdir /y; make
    /// RUN for x in a b; do make $x || exit 1; done; make
    /// SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
    /// RUN apt-get update; apt-get install -y curl
    /// ```
    ///
    /// ## Limits
    /// Only the outermost commands are looked at, not those inside of loops and functions.
    ///
    /// ## References
    /// - POSIX shell command language: sequential lists
    "semicolon-hides-failure" for DockerfileSubject {
        aliases: ["dockerfile_lint:no_ampersand_usage"],
        severity: Low,
        confidence: Medium,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(_: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let shell_form = form(run).and_then(|it| it.shell()).filter(|it| it.body_of.is_none());
    let Some(script) = shell_form.and_then(|it| it.script.as_ref()) else { return };
    let Some((_, items)) = script.list.items.split_last() else { return };
    if has_errexit(run, script) || ends_in_success(script) || asks_status(script) {
        return;
    }
    let hidden = items.iter().filter(|it| hides_failure(it)).filter_map(|it| {
        let separator = it.separator.filter(|it| it.kind == OperatorKind::Semicolon)?;
        Some((it.span, separator.span))
    });
    let hidden: Vec<_> = hidden.collect();
    let Some((first, _)) = hidden.first() else { return };
    let edits = hidden.iter().map(|it| Edit::replace(it.1, " &&")).collect();
    sink.report(*first, "if this fails, the build goes on behind the `;`; join with `&&`").fix(
        "Join with `&&`",
        Safety::Unsafe,
        edits,
    );
}

const WANTED: Wanted = Wanted::every(";");
