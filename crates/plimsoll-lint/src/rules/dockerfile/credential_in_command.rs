use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword, LogicalText};
use plimsoll_finding::{Check, Sink};
use plimsoll_shell::{Invocation, SimpleCommand, flag_values};
use plimsoll_text::Span;

use crate::{
    every_command::every_command,
    rule::rule,
    secret_name::{is_secret_name, literal_secret},
    secret_value::find_secrets,
    subject::dockerfile::{DockerfileSubject, form},
};

rule! {
    /// A password or token is written into a command.
    ///
    /// ## Why
    /// Commands stand in the image's history, and what they write stands in a layer. Everyone who
    /// can pull the image can read them; a secret that was pushed has to be replaced.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN git clone https://bot:hunter2@git.example.com/app.git
    /// # ^ credential-in-command
    /// RUN curl -u bot:hunter2 https://example.com/file
    /// # ^ credential-in-command
    /// RUN curl -H "Authorization: Bearer abcdef123456" https://example.com/file
    /// # ^ credential-in-command
    /// RUN mysql --password=hunter2 -e 'select 1'
    /// # ^ credential-in-command
    /// RUN docker login -u bot -p hunter2 registry.example.com
    /// # ^ credential-in-command
    /// RUN export API_TOKEN=abcdef && make
    /// # ^ credential-in-command
    /// RUN a \
    ///  && PASSWORD=hunter2 make
    /// # ^ credential-in-command
    /// HEALTHCHECK CMD redis-cli --pass hunter2 ping
    /// # ^ credential-in-command
    /// CMD ["app", "--api-key=abcdef"]
    /// # ^ credential-in-command
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN git clone https://git.example.com/app.git
    /// RUN --mount=type=secret,id=t,env=TOKEN curl -H "Authorization: Bearer $TOKEN" https://x.io
    /// RUN curl -u "$USER:$PASS" https://example.com/file
    /// RUN mysql --password="$DB_PASSWORD" -e 'select 1'
    /// RUN docker login --password-stdin < /run/secrets/registry
    /// RUN TOKEN=$(cat /run/secrets/token) make
    /// RUN adduser --disabled-password --gecos "" app
    /// RUN PASSWORD_FILE=/run/x make && echo --password
    /// RUN mkdir -p hunter2 && git clone https://example.com:8080/a@b
    /// ```
    ///
    /// ## Limits
    /// Knows addresses with passwords, tokens of well-known shapes, options and variables with the
    /// name of a secret. A secret in a file that is copied in is not seen here.
    ///
    /// ## References
    /// - Docker documentation: build secrets
    "credential-in-command" for DockerfileSubject {
        aliases: [
            "dockerfile-doctor:DD057", "dockerfile-doctor:DD058", "droast:DF013",
            "tally:secrets-in-code",
        ],
        severity: Critical,
        confidence: Medium,
        audience: Default,
        controls: ["image.no-secrets", "secrets.layers"],
        fix: None,
        check: Check::On(
            &[
                Keyword::Run,
                Keyword::Cmd,
                Keyword::Entrypoint,
                Keyword::Healthcheck,
                Keyword::Add,
                Keyword::Copy,
            ],
            check,
        ),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let mut found: Vec<(Span, String)> = Vec::new();
    shapes(&instruction.text, &mut found);
    // Heredocs are no part of the line, but of the image all the same.
    for heredoc in &instruction.heredocs {
        let body = subject.dockerfile.source.slice(heredoc.body);
        for secret in find_secrets(body) {
            let start = heredoc.body.start;
            let span = Span::new(start + secret.range.start, start + secret.range.end);
            found.push((span, format!("{} stands in the image's history", secret.kind)));
        }
    }
    let runs = form(instruction).is_some() || matches!(instruction.kind, InstructionKind::Run(_));
    if runs {
        every_command(subject, instruction, &mut |command| {
            assigned(command.simple(), &mut found);
            if let Some(invocation) = command.invocation() {
                options(&invocation, &mut found);
            }
        });
    }
    found.sort_by_key(|it| (it.0.start, it.0.end));
    let mut end = 0;
    for (span, message) in found {
        // The same text may be a token and the value of an option.
        if span.start >= end {
            let _ = sink.report(span, message).secret(span);
            end = span.end;
        }
    }
}

/// Secrets that are known by their shape.
fn shapes(text: &LogicalText, found: &mut Vec<(Span, String)>) {
    for secret in find_secrets(text.text()) {
        let message = format!("{} stands in the image's history; use a secret mount", secret.kind);
        found.push((text.locate(secret.range), message));
    }
}

/// `PASSWORD=x command` and `export PASSWORD=x`.
fn assigned(command: &SimpleCommand, found: &mut Vec<(Span, String)>) {
    let mut look = |name: &str, value: &str, span: Span| {
        if is_secret_name(name) && literal_secret(value).is_some() && !value.starts_with('`') {
            let message = format!("the value of `{name}` stands in the image's history");
            found.push((span, message));
        }
    };
    for assignment in &command.assignments {
        look(assignment.name.as_str(), &assignment.value.text(), assignment.span);
    }
    let is_setter = command.name().is_some_and(|it| ["export", "env", "declare"].contains(&it));
    for word in command.args().iter().filter(|_| is_setter) {
        let text = word.text();
        let value = text.split_once('=').map(|it| it.1);
        if let (Some(name), Some(value)) = (word.assignment_name(), value) {
            look(name, value, word.span);
        }
    }
}

fn options(invocation: &Invocation<'_>, found: &mut Vec<(Span, String)>) {
    let args = invocation.args;
    let message = || format!("a secret of `{}` stands in the image's history", invocation.name);
    if PRINTERS.contains(&invocation.name) {
        return;
    }
    for value in flag_values(args, None, SECRET_OPTIONS) {
        let is_option = value.text.starts_with('-') || value.text.is_empty();
        if !is_option && literal_secret(&value.text).is_some() {
            found.push((value.word.span, message()));
        }
    }
    if let Some((short, _)) = LOGIN_OPTIONS.iter().find(|it| it.1.contains(&invocation.name)) {
        let is_login = args.iter().any(|it| it.is("login")) || invocation.name == "sshpass";
        let values = flag_values(args, *short, &[]).into_iter().filter(|_| is_login);
        found.extend(
            values
                .filter(|it| literal_secret(&it.text).is_some())
                .map(|it| (it.word.span, message())),
        );
    }
    if matches!(invocation.name, "curl" | "wget" | "http" | "https") {
        for value in flag_values(args, 'u', &["user", "proxy-user"]) {
            let password = value.text.split_once(':').map(|it| it.1);
            if password.is_some_and(|it| literal_secret(it).is_some()) {
                found.push((value.word.span, message()));
            }
        }
        for value in flag_values(args, 'H', &["header"]) {
            if header_secret(&value.text) {
                found.push((value.word.span, message()));
            }
        }
    }
}

/// Whether a header such as `Authorization: Bearer x` holds a written secret.
fn header_secret(header: &str) -> bool {
    let Some((name, value)) = header.split_once(':') else { return false };
    let is_authorization = name.trim().eq_ignore_ascii_case("authorization");
    let secret = value.trim().rsplit(' ').next().unwrap_or_default();
    (is_authorization || is_secret_name(name.trim().trim_start_matches("X-")))
        && literal_secret(secret).is_some()
}

/// Programs that only print their arguments.
static PRINTERS: &[&str] = &["echo", "printf", "grep", "sed", "awk", "test", "["];

/// Options whose value is a secret, whatever the program.
#[rustfmt::skip]
static SECRET_OPTIONS: &[&str] = &[
    "password", "passwd", "pass", "passphrase", "http-password", "ftp-password", "proxy-password",
    "token", "auth-token", "access-token", "api-token", "api-key", "apikey", "secret",
    "secret-key", "client-secret", "secret-access-key", "private-token", "db-password",
    "root-password", "admin-password", "authtoken", "registry-token",
];

/// The short option for a password, and the programs that have it.
static LOGIN_OPTIONS: &[(char, &[&str])] =
    &[('p', &["docker", "podman", "buildah", "skopeo", "helm", "az", "oc", "sshpass", "nerdctl"])];
