use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{
    copied::context_folders, rule::rule, secret_file::holds_secrets,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// Broad copy takes files with secrets along.
    ///
    /// ## Why
    /// The folder holds keys or settings with passwords, and no line of `.dockerignore` keeps
    /// them out. They end up in a layer, where everyone who can pull the image can read them.
    ///
    /// ## Bad
    /// ```dockerfile
    /// # file: Dockerfile
    /// FROM debian:12
    /// COPY . /app
    /// # ^ secret-files-in-context
    /// COPY deploy/ /deploy/
    /// # ^ secret-files-in-context
    /// # file: .env
    /// PASSWORD=x
    /// # file: deploy/id_rsa
    /// x
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// # file: Dockerfile
    /// FROM debian:12
    /// COPY . /app
    /// # file: .dockerignore
    /// .env
    /// **/*.pem
    /// # file: .env
    /// PASSWORD=x
    /// # file: .env.example
    /// PASSWORD=
    /// # file: keys/server.pem
    /// x
    /// # file: tests/fixtures/server.pem
    /// x
    /// ```
    ///
    /// ## Limits
    /// Files are known by their names only. Those in folders for tests are left alone.
    ///
    /// ## References
    /// - Dockerfile reference: `.dockerignore` files
    /// - CIS Docker Benchmark: secrets are not stored in Dockerfiles
    "secret-files-in-context" for DockerfileSubject {
        aliases: ["droast:DF033"],
        severity: High,
        confidence: Medium,
        audience: Default,
        controls: ["image.no-secrets"],
        fix: None,
        check: Check::On(&[Keyword::Copy, Keyword::Add], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let Some(context) = &subject.context else { return };
    let folders = context_folders(instruction);
    if folders.is_empty() {
        return;
    }
    let is_taken = |path: &str| {
        folders.iter().any(|it| {
            it.is_empty() || path.strip_prefix(it.as_str()).is_some_and(|it| it.starts_with('/'))
        })
    };
    let is_ignored =
        |path: &str| context.ignore.as_ref().is_some_and(|it| it.matches(path).ignored);
    let mut found =
        context.files.iter().filter(|it| holds_secrets(it) && is_taken(it) && !is_ignored(it));
    let Some(first) = found.next() else { return };
    let n_others = found.count();
    let others = if n_others == 0 { String::new() } else { format!(" and {n_others} more") };
    let message = format!("this takes `{first}`{others} along; keep it out by `.dockerignore`");
    sink.report(instruction.name, message);
}
