use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Severity, Sink};

use crate::{final_image::FinalImage, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// The history of the sources is copied into the image.
    ///
    /// ## Why
    /// `.git` holds every version of every file, also of secrets that were taken out long ago, and
    /// often the credentials of the remote. Besides, it is large.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// COPY .git /app/.git
    /// # ^ vcs-directory-in-image
    /// ADD ./.svn/ /app/.svn/
    /// # ^ vcs-directory-in-image
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: app/.git, kind: directory, mode: 755}
    /// # ^ vcs-directory-in-image
    ///   - {path: app/.git/HEAD, size: 20}
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: app/.git/HEAD, size: 20}
    /// # ^ vcs-directory-in-image
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// COPY .gitignore .gitattributes app /app/
    /// RUN --mount=type=bind,source=.git,target=/src/.git git -C /src describe
    /// ADD https://example.com/app.git /src
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: app/.gitignore, size: 20}
    ///   - {path: app/.git, size: 20}
    /// ```
    ///
    /// ## Limits
    /// What `COPY . .` brings along depends on the build context and its `.dockerignore`, which the
    /// project's rules look at. In a build stage the history is not shipped; the finding then is
    /// low.
    ///
    /// ## References
    /// - Docker documentation: `.dockerignore` files
    "vcs-directory-in-image" for DockerfileSubject {
        aliases: ["dockerfile-doctor:DD053", "dockle:DKL-LI-0003"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["image.no-secrets", "image.minimal"],
        fix: None,
        check: Check::On(&[Keyword::Copy, Keyword::Add], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let (InstructionKind::Copy(copy) | InstructionKind::Add(copy)) = &instruction.kind else {
        return;
    };
    let is_final = FinalImage::of(&subject.dockerfile).is_none_or(|it| it.holds(instruction));
    for word in copy.paths().filter(|it| !it.text.contains("://")) {
        let path = word.unquoted(subject.dockerfile.escape);
        let mut parts = path.split(['/', '\\']);
        let Some(part) = parts.find(|it| DIRECTORIES.contains(it)) else { continue };
        let draft = sink.report(word.span, format!("`{part}` holds every version of every file"));
        if !is_final {
            let _ = draft.severity(Severity::Low);
        }
    }
}

static DIRECTORIES: &[&str] = &[".git", ".svn", ".hg", ".bzr", "CVS"];
