use plimsoll_dockerfile::{Copy, Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Confidence, Severity, Sink, Wanted};

use crate::{
    final_image::FinalImage, rule::rule, subject::dockerfile::DockerfileSubject,
    tls_verification::assignments,
};

rule! {
    /// A file with secrets is copied into the image.
    ///
    /// ## Why
    /// What a layer holds, everyone who can pull the image can read, also after a later `rm`. Keys
    /// and `.env` files belong to the running container, or into a secret mount of one step.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// COPY .env /app/
    /// # ^ secret-file-in-image
    /// COPY --chmod=600 keys/id_rsa /root/.ssh/
    /// # ^ secret-file-in-image
    /// ADD ["server.key", "cert.pem", "/etc/ssl/"]
    /// # ^ secret-file-in-image
    /// COPY config/credentials.json .env.production /app/
    /// # ^ secret-file-in-image
    /// ```
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// COPY /src /app/
    /// ENV GOOGLE_APPLICATION_CREDENTIALS=./app/account.json
    /// # ^ secret-file-in-image
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// layers:
    ///   - {instruction: COPY . /app}
    ///   - {instruction: RUN rm /root/.ssh/id_ed25519}
    /// files:
    ///   - {path: root/.aws/credentials, content: "aws_secret_access_key = abc"}
    /// # ^ secret-file-in-image
    ///   - {path: app/.env, content: DB_PASSWORD=hunter2}
    /// # ^ secret-file-in-image
    ///   - {path: root/.npmrc, content: "//registry.example.com/:_authToken=abcdef"}
    /// # ^ secret-file-in-image
    /// hidden:
    ///   - {path: root/.ssh/id_ed25519, size: 400, layer: 0, by: 1}
    /// # ^ secret-file-in-image
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// COPY .env.example .env.sample id_rsa.pub ca.crt public.key /app/
    /// COPY environment.yml keyboard.json monkey.keystone /app/
    /// COPY /src /src
    /// ENV GOOGLE_APPLICATION_CREDENTIALS=/credentials/account.json
    /// RUN --mount=type=secret,id=env,target=/app/.env make
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: app/.env, content: PORT=80}
    ///   - {path: app/.env.example, content: DB_PASSWORD=hunter2}
    ///   - {path: root/.npmrc, content: fund=false}
    ///   - {path: etc/ssl/private/local.key, content: text, package: ssl-cert}
    ///   - {path: app/ca.pem, content: "-----BEGIN CERTIFICATE-----"}
    ///   - {path: root/.ssh/id_ed25519.pub, content: ssh-ed25519 AAAA}
    /// ```
    ///
    /// ## Limits
    /// Goes by names of files. What `COPY . .` brings along depends on the build context and its
    /// `.dockerignore`, which the project's rules look at.
    ///
    /// ## References
    /// - Docker documentation: build secrets
    "secret-file-in-image" for DockerfileSubject {
        aliases: ["trivy:DS-0031", "dockerfile-doctor:DD052", "dockle:CIS-DI-0010"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["image.no-secrets", "secrets.layers"],
        fix: None,
        check: Check::On(&[Keyword::Copy, Keyword::Add, Keyword::Env, Keyword::Arg], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let (InstructionKind::Copy(copy) | InstructionKind::Add(copy)) = &instruction.kind else {
        check_credentials(subject, instruction, sink);
        return;
    };
    let is_final = FinalImage::of(&subject.dockerfile).is_none_or(|it| it.holds(instruction));
    for word in copy.paths() {
        let path = word.unquoted(subject.dockerfile.escape);
        let Some(confidence) = secret_file(&path) else { continue };
        let draft = sink
            .report(word.span, format!("`{path}` mostly holds secrets, and the layer keeps it"))
            .confidence(confidence);
        if !is_final {
            // It stays in the build cache, but is not shipped.
            let _ = draft.severity(Severity::Medium);
        }
    }
}

/// A file of credentials that a variable names, and that a copied tree holds.
fn check_credentials(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    if !subject.may_hold(instruction, &WANTED) {
        return;
    }
    for variable in assignments(subject, instruction) {
        if variable.name != "GOOGLE_APPLICATION_CREDENTIALS" || variable.value.contains('$') {
            continue;
        }
        let file = rooted(&variable.value);
        let stage = instruction.stage.unwrap_or_default();
        let copied =
            subject.dockerfile.stage_instructions(stage).iter().find(|it| match &it.kind {
                InstructionKind::Copy(copy) | InstructionKind::Add(copy) => holds(copy, &file),
                _ => false,
            });
        if let Some(copied) = copied {
            let _ = sink
                .report(variable.span, "the file with the credentials is part of the image")
                .confidence(Confidence::Medium)
                .related(copied.args, "copied here");
        }
    }
}

fn holds(copy: &Copy, file: &str) -> bool {
    let target = rooted(&copy.destination.text);
    let tree = target.trim_end_matches('/');
    let is_inside = file.strip_prefix(tree).is_some_and(|it| it.starts_with('/') || it.is_empty());
    !tree.is_empty() && is_inside
}

fn rooted(path: &str) -> String {
    let path = path.trim_start_matches("./");
    if path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
}

/// How sure it is that a file of this name holds secrets.
fn secret_file(path: &str) -> Option<Confidence> {
    let path = path.to_ascii_lowercase();
    let path = path.trim_end_matches(['/', '*']);
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_harmless = HARMLESS.iter().any(|it| name.ends_with(it)) || name.contains("public");
    if is_harmless {
        return None;
    }
    let is_env = name == ".env" || name.starts_with(".env.") || name.ends_with(".env");
    if is_env || SURE_NAMES.contains(&name) || SURE_TAILS.iter().any(|it| path.ends_with(it)) {
        return Some(Confidence::High);
    }
    let stem = name.rsplit_once('.');
    let by_extension = stem.is_some_and(|it| !it.0.is_empty() && EXTENSIONS.contains(&it.1));
    (by_extension || LIKELY_NAMES.contains(&name)).then_some(Confidence::Medium)
}

/// Ends of names of files that show what a secret file looks like, or are its public half.
#[rustfmt::skip]
static HARMLESS: &[&str] = &[
    ".example", ".sample", ".template", ".dist", ".tmpl", ".pub", ".crt", ".md", ".example.json",
    ".schema.json", ".defaults", ".tpl", ".j2",
];

#[rustfmt::skip]
static SURE_NAMES: &[&str] = &[
    "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", ".netrc", "_netrc", ".git-credentials", ".pgpass",
    ".my.cnf", "credentials.json", "service-account.json", "serviceaccount.json",
    "client_secret.json", "secrets.yml", "secrets.yaml", "secrets.json", ".htpasswd",
    "terraform.tfstate", "kubeconfig", ".vault-token", "master.key", ".dockercfg", "shadow",
];

static SURE_TAILS: &[&str] =
    &[".aws/credentials", ".docker/config.json", ".kube/config", ".gnupg", ".ssh", ".aws"];

static LIKELY_NAMES: &[&str] = &[".npmrc", ".pypirc", ".yarnrc.yml", "auth.json", ".s3cfg"];

static EXTENSIONS: &[&str] = &["key", "p12", "pfx", "jks", "kdbx", "ppk", "keystore", "tfstate"];

const WANTED: Wanted = Wanted::word(&["GOOGLE_APPLICATION_CREDENTIALS"]);
