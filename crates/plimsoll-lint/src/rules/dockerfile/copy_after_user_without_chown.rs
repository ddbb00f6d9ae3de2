use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{
    final_image::{Identity, user_at},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// `COPY` after `USER`, without `--chown`.
    ///
    /// ## Why
    /// `COPY` gives files to root, whatever `USER` says. A service that has to write to them fails,
    /// and the usual way out, `chmod 777`, is worse than the right owner.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.24
    /// USER app
    /// COPY data /data
    /// # ^ copy-after-user-without-chown
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.24
    /// USER app
    /// COPY --chown=app data /data
    /// # ^ copy-after-user-without-chown
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.24
    /// COPY app /app
    /// USER app
    /// COPY --chown=app:app data /data
    /// USER root
    /// COPY conf /conf
    /// ```
    ///
    /// ## Limits
    /// Where the service only reads the files, root is the better owner, and the finding does not
    /// matter. Windows images have no `--chown`.
    ///
    /// ## References
    /// - Dockerfile reference: `COPY --chown`
    "copy-after-user-without-chown" for DockerfileSubject {
        aliases: ["tally:copy-after-user-without-chown"],
        severity: Low,
        confidence: Low,
        audience: Hygiene,
        controls: [],
        fix: Unsafe,
        check: Check::On(&[Keyword::Copy, Keyword::Add], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let (InstructionKind::Copy(copy) | InstructionKind::Add(copy)) = &instruction.kind else {
        return;
    };
    let Some(user) = user_at(&subject.dockerfile, instruction.index) else { return };
    let (Identity::Name(_) | Identity::Number(_)) = user.identity else { return };
    if instruction.flag("chown").is_some() || instruction.onbuild {
        return;
    }
    let message = "the files will belong to root, not to the user set before";
    let draft =
        sink.report(instruction.name, message).related(user.user.word.span, "the user in force");
    let owner = &user.user.word.text;
    if !owner.contains(char::is_whitespace) && !copy.destination.text.is_empty() {
        let edit = Edit::insert(instruction.name.end, format!(" --chown={owner}"));
        let _ = draft.fix("Give the files to the user", Safety::Unsafe, vec![edit]);
    }
}
