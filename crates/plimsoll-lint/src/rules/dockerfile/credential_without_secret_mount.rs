use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_shell::{Invocation, Node, WordPartKind, walk_word};

use crate::{
    every_command::every_invocation, rule::rule, secret_name::is_secret_name,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// A command that needs a credential runs without a secret mount.
    ///
    /// ## Why
    /// Where does the credential come from? Without a mount it is a build argument, a variable or a
    /// file of an earlier layer, and stays in the image. `--mount=type=secret` is there for one
    /// step and leaves nothing behind.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN gcloud auth activate-service-account --key-file=/key.json
    /// # ^ credential-without-secret-mount
    /// RUN aws configure set aws_secret_access_key $SECRET
    /// # ^ credential-without-secret-mount
    /// RUN npm config set //registry.npmjs.org/:_authToken $NPM_TOKEN
    /// # ^ credential-without-secret-mount
    /// RUN curl -H "Authorization: Bearer ${API_TOKEN}" https://example.com/a
    /// # ^ credential-without-secret-mount
    /// RUN git clone https://bot:${GITHUB_TOKEN}@github.com/example/app.git
    /// # ^ credential-without-secret-mount
    /// RUN docker login -u bot -p "$REGISTRY_PASSWORD" registry.example.com
    /// # ^ credential-without-secret-mount
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN --mount=type=secret,id=key,target=/key.json \
    ///     gcloud auth activate-service-account --key-file=/key.json
    /// RUN --mount=type=secret,id=npm,env=NPM_TOKEN npm config set //r.io/:_authToken $NPM_TOKEN
    /// RUN --mount=type=ssh git clone git@github.com:example/app.git
    /// RUN aws configure set region eu-west-1
    /// RUN curl https://example.com/$VERSION
    /// RUN echo "$API_TOKEN_URL" && gcloud auth list
    /// ENTRYPOINT docker login -p "$PASSWORD"
    /// ```
    ///
    /// ## Limits
    /// Knows login commands of common tools and variables with the name of a secret. A mount of any
    /// secret is taken for the right one.
    ///
    /// ## References
    /// - Docker documentation: build secrets
    "credential-without-secret-mount" for DockerfileSubject {
        aliases: [
            "tally:require-secret-mounts", "tally:ruby/prefer-secret-mounts-for-build-credentials",
            "trivy:DS-0031",
        ],
        severity: Medium,
        confidence: Medium,
        audience: Default,
        controls: ["image.no-secrets", "secrets.buildkit-mount"],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let InstructionKind::Run(run) = &instruction.kind else { return };
    if run.mounts.iter().any(|it| it.kind == "secret" || it.kind == "ssh") {
        return;
    }
    every_invocation(subject, instruction, &mut |invocation| {
        if needs_credential(&invocation) {
            let message = format!(
                "`{}` needs a credential; hand it over with `--mount=type=secret`",
                invocation.name
            );
            let _ = sink.report(invocation.name_word.span, message);
        }
    });
}

fn needs_credential(invocation: &Invocation<'_>) -> bool {
    let has = |text: &str| invocation.args.iter().any(|it| it.text().starts_with(text));
    let logs_in = LOGINS
        .iter()
        .any(|(name, words)| invocation.name == *name && words.iter().all(|it| has(it)));
    let is_client = CLIENTS.contains(&invocation.name);
    logs_in || (is_client && uses_secret_variable(invocation))
}

/// Whether an argument expands a variable with the name of a secret.
fn uses_secret_variable(invocation: &Invocation<'_>) -> bool {
    let mut found = false;
    for word in invocation.args {
        walk_word(word, &mut |node| {
            if let Node::Part(part, _) = node
                && let WordPartKind::Parameter(parameter) = &part.kind
            {
                found |= is_secret_name(parameter.name.as_str());
            }
        });
    }
    found
}

/// Commands that log in, and the words that make them do so.
const LOGINS: &[(&str, &[&str])] = &[
    ("gcloud", &["auth", "activate-service-account"]),
    ("aws", &["configure", "set", "aws_access_key_id"]),
    ("aws", &["configure", "set", "aws_secret_access_key"]),
    ("aws", &["configure", "set", "aws_session_token"]),
    ("docker", &["login"]),
    ("podman", &["login"]),
    ("skopeo", &["login"]),
    ("helm", &["registry", "login"]),
    ("az", &["login"]),
    ("gh", &["auth", "login"]),
    ("heroku", &["auth:token"]),
    ("doctl", &["auth", "init"]),
    ("ibmcloud", &["login"]),
    ("npm", &["login"]),
    ("vault", &["login"]),
    ("twine", &["upload"]),
    ("gem", &["push"]),
    ("cargo", &["login"]),
];

/// Programs that send what they are given to somebody else.
#[rustfmt::skip]
const CLIENTS: &[&str] = &[
    "curl", "wget", "git", "npm", "yarn", "pnpm", "pip", "pip3", "poetry", "uv", "bundle", "gem",
    "composer", "cargo", "go", "mvn", "gradle", "dotnet", "nuget", "aws", "gsutil", "az", "docker",
    "helm", "http", "glab", "gh", "conan", "scp", "sshpass", "ftp", "lftp",
];

const WANTED: Wanted = {
    let mut res = Wanted::word(CLIENTS);
    let mut idx = 0;
    while idx < LOGINS.len() {
        res = res.or_word(&[LOGINS[idx].0]);
        idx += 1;
    }
    res
};
