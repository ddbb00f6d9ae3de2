use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_shell::Invocation;
use plimsoll_text::Span;

use crate::{
    every_command::every_invocation,
    rule::rule,
    subject::dockerfile::DockerfileSubject,
    tls_verification::{Switch, TOOL_SWITCHES, config_off, report_switches},
};

rule! {
    /// A tool is told not to check certificates.
    ///
    /// ## Why
    /// Whoever sits on the way can hand the build something else, and gets to see the passwords
    /// sent. If the server's authority is your own, add it to the image's trust store.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN conda config --set ssl_verify false
    /// # ^ tls-verification-off
    /// RUN composer config -g disable-tls true
    /// # ^ tls-verification-off
    /// RUN aws s3 cp s3://example/file . --no-verify-ssl
    /// # ^ tls-verification-off
    /// RUN skopeo copy --src-tls-verify=false docker://example.com/a dir:/a
    /// # ^ tls-verification-off
    /// RUN kubectl get pods --insecure-skip-tls-verify
    /// # ^ tls-verification-off
    /// RUN apt-get -o Acquire::https::Verify-Peer=false update
    /// # ^ tls-verification-off
    /// RUN mvn package -Dmaven.wagon.http.ssl.insecure=true
    /// # ^ tls-verification-off
    /// ENV GOINSECURE=*
    /// # ^ tls-verification-off
    /// ENV BUNDLE_SSL_VERIFY_MODE=0
    /// # ^ tls-verification-off
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   env:
    ///     - PATH=/usr/bin
    ///     - GOINSECURE=*
    /// # ^ tls-verification-off
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN conda config --set ssl_verify true
    /// RUN skopeo copy --src-tls-verify=true docker://example.com/a dir:/a
    /// RUN kubectl get pods --insecure-skip-tls-verify=false
    /// RUN echo --no-verify-ssl
    /// ENV GOINSECURE=
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   env: [GOINSECURE=]
    /// ```
    ///
    /// ## Limits
    /// Knows common tools; `curl`, `wget`, `pip`, Python, Node.js, `git` and `yum` have rules of
    /// their own.
    ///
    /// ## References
    /// - The manuals of the tools
    "tls-verification-off" for DockerfileSubject {
        aliases: [],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["image.verified-packages"],
        fix: None,
        check: Check::OnWith(&[Keyword::Env, Keyword::Arg, Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    report_switches(subject, instruction, TOOL_SWITCHES, sink);
    every_invocation(subject, instruction, &mut |invocation| {
        if let Some(span) = unchecked(&invocation) {
            let message = format!("`{}` takes any certificate; keep the check", invocation.name);
            let _ = sink.report(span, message);
        }
    });
}

fn unchecked(invocation: &Invocation<'_>) -> Option<Span> {
    let args = invocation.args;
    let setting = SETTINGS.iter().find(|it| it.0.contains(&invocation.name));
    if let Some((_, keys, off)) = setting
        && let Some(found) = config_off(args, keys, off)
    {
        return Some(found.span());
    }
    let (_, words) = WORDS.iter().find(|it| it.0.contains(&invocation.name))?;
    let found = args.iter().find(|word| {
        let text = word.text().to_ascii_lowercase();
        words.contains(&text.as_str())
    })?;
    Some(found.span)
}

/// Programs, keys, and the values that switch the check off.
#[rustfmt::skip]
const SETTINGS: &[(&[&str], &[&str], &[&str])] = &[
    (&["conda", "mamba", "micromamba"], &["ssl_verify"], &["false", "no", "0"]),
    (&["composer"], &["disable-tls"], &["true", "1"]),
    (&["bundle"], &["ssl_verify_mode"], &["0"]),
    (&["skopeo", "podman", "buildah"],
     &["tls-verify", "src-tls-verify", "dest-tls-verify"], &["false"]),
    (&["apt", "apt-get"],
     &["acquire::https::verify-peer", "acquire::https::verify-host",
       "oacquire::https::verify-peer"],
     &["false", "0", "no"]),
    (&["aria2c"], &["check-certificate"], &["false"]),
];

/// Programs, and words that switch the check off by themselves.
#[rustfmt::skip]
const WORDS: &[(&[&str], &[&str])] = &[
    (&["aws"], &["--no-verify-ssl"]),
    (&["kubectl", "helm", "oc", "argocd"],
     &["--insecure-skip-tls-verify", "--insecure-skip-tls-verify=true", "--insecure"]),
    (&["mvn", "mvnw"],
     &["-dmaven.wagon.http.ssl.insecure=true",
       "-dmaven.resolver.transport.http.ssl.insecure=true"]),
    (&["go"], &["-insecure"]),
    (&["apk"], &["--no-check-certificate"]),
    (&["svn"], &["--trust-server-cert"]),
    (&["http", "https"], &["--verify=no"]),
];

const WANTED: Wanted = {
    let mut res = Switch::wanted(TOOL_SWITCHES);
    let mut idx = 0;
    while idx < SETTINGS.len() {
        res = res.or_word(SETTINGS[idx].0);
        idx += 1;
    }
    idx = 0;
    while idx < WORDS.len() {
        res = res.or_word(WORDS[idx].0);
        idx += 1;
    }
    res
};
