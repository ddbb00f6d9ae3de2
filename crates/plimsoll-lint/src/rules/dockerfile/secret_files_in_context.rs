use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{copied::context_folders, rule::rule, subject::dockerfile::DockerfileSubject};

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

/// Whether a file of this path mostly holds secrets.
fn holds_secrets(path: &str) -> bool {
    let mut names = path.rsplit('/');
    let name = names.next().unwrap_or_default().to_ascii_lowercase();
    if names.any(|it| TEST_FOLDERS.contains(&it)) {
        return false;
    }
    let is_example = ["example", "sample", "template", "dist", "test", "defaults"]
        .iter()
        .any(|it| name.ends_with(it));
    let is_env = name == ".env" || (name.starts_with(".env.") && !is_example);
    let has_end = ENDS.iter().any(|it| name.ends_with(it)) && !name.contains("pub");
    is_env || has_end || NAMES.contains(&name.as_str()) || path.ends_with(".aws/credentials")
}

static NAMES: &[&str] = &[
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    ".netrc",
    ".pypirc",
    ".npmrc",
    ".pgpass",
    ".htpasswd",
    ".git-credentials",
    "terraform.tfstate",
    "kubeconfig",
    "credentials.json",
];

static ENDS: &[&str] = &[".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".ppk"];

/// Folders whose keys are made to be known.
static TEST_FOLDERS: &[&str] = &[
    "test",
    "tests",
    "testdata",
    "fixtures",
    "examples",
    "example",
    "node_modules",
    "vendor",
    "__tests__",
    "spec",
    "docs",
];
