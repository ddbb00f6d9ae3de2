use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};

use crate::{
    every_command::every_invocation,
    rule::rule,
    subject::dockerfile::DockerfileSubject,
    tls_verification::{GIT_SWITCHES, Switch, config_off, report_switches},
};

rule! {
    /// `git` does not check certificates.
    ///
    /// ## Why
    /// Whoever sits on the way can hand the build other sources, and gets to see the password sent.
    /// Any value of `GIT_SSL_NO_VERIFY` switches the check off, also `0`.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN GIT_SSL_NO_VERIFY=0 git clone https://example.com/app.git
    /// # ^ git-tls-verification-off
    /// RUN git config --global http.sslVerify false
    /// # ^ git-tls-verification-off
    /// ```
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// ENV GIT_SSL_NO_VERIFY=true
    /// # ^ git-tls-verification-off
    /// RUN git -c http.sslVerify=false clone https://example.com/app.git
    /// # ^ git-tls-verification-off
    /// RUN git config --global http.https://example.com/.sslVerify 0
    /// # ^ git-tls-verification-off
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   env:
    ///     - PATH=/usr/bin
    ///     - GIT_SSL_NO_VERIFY=true
    /// # ^ git-tls-verification-off
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:13
    /// RUN git clone https://example.com/app.git
    /// # ^ git-tls-verification-off
    /// RUN git config --global http.sslVerify true
    /// # ^ git-tls-verification-off
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN git config --global http.sslVerify true
    /// RUN git config --global http.sslCAInfo /etc/ssl/ca.pem
    /// ENV MY_GIT_SSL_NO_VERIFY=1
    /// RUN echo GIT_SSL_NO_VERIFY=1
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   env: [GIT_SSL_CAINFO=/etc/ssl/ca.pem]
    /// ```
    ///
    /// ## Limits
    /// A `.gitconfig` that the build copies in is not read.
    ///
    /// ## References
    /// - `git-config(1)`, `http.sslVerify`
    "git-tls-verification-off" for DockerfileSubject {
        aliases: ["checkov:CKV2_DOCKER_14"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["image.verified-packages"],
        fix: Unsafe,
        check: Check::OnWith(&[Keyword::Env, Keyword::Arg, Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    report_switches(subject, instruction, GIT_SWITCHES, sink);
    every_invocation(subject, instruction, &mut |invocation| {
        if invocation.name != "git" {
            return;
        }
        // The key may name the host: `http.https://example.com/.sslVerify`.
        let words = invocation.args.iter().map(|it| it.text().to_ascii_lowercase());
        let keys: Vec<String> = words
            .map(|it| it.split('=').next().unwrap_or_default().to_owned())
            .filter(|it| {
                it.starts_with("http.") && it.ends_with(".sslverify") || it == "http.sslverify"
            })
            .collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let off = ["false", "0", "no", "off"];
        let Some(found) = config_off(invocation.args, &keys, &off) else { return };
        let draft = sink.report(found.span(), "`git` takes any certificate; keep the check");
        let _ = draft.fix("Switch the check on", Safety::Unsafe, found.switch_on("true"));
    });
}

const WANTED: Wanted = Switch::wanted(GIT_SWITCHES).or_word(&["git"]);
