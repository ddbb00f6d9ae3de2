use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    rule::rule,
    subject::dockerfile::DockerfileSubject,
    tls_verification::{PYTHON_SWITCHES, Switch, report_switches},
};

rule! {
    /// Python does not check certificates.
    ///
    /// ## Why
    /// The variable switches the check off for everything that Python fetches, in the build and,
    /// set by `ENV`, also in production. Whoever sits on the way can read and change it all.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM python:3.14
    /// ENV PYTHONHTTPSVERIFY=0
    /// # ^ python-tls-verification-off
    /// RUN PYTHONHTTPSVERIFY="0" python fetch.py
    /// # ^ python-tls-verification-off
    /// ARG PYTHONHTTPSVERIFY=0
    /// # ^ python-tls-verification-off
    /// RUN export PYTHONHTTPSVERIFY=0 && python fetch.py
    /// # ^ python-tls-verification-off
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   env:
    ///     - PATH=/usr/bin
    ///     - PYTHONHTTPSVERIFY=0
    /// # ^ python-tls-verification-off
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM python:3.14
    /// ENV PYTHONHTTPSVERIFY=1
    /// # ^ python-tls-verification-off
    /// RUN PYTHONHTTPSVERIFY=1 python fetch.py
    /// # ^ python-tls-verification-off
    /// ARG PYTHONHTTPSVERIFY=1
    /// # ^ python-tls-verification-off
    /// RUN export PYTHONHTTPSVERIFY=1 && python fetch.py
    /// # ^ python-tls-verification-off
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM python:3.14
    /// ENV PYTHONHTTPSVERIFY=1 MY_PYTHONHTTPSVERIFY=0
    /// RUN python fetch.py && echo PYTHONHTTPSVERIFY=0
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   env: [PYTHONHTTPSVERIFY=1]
    /// ```
    ///
    /// ## Limits
    /// What programs decide by themselves (`verify=False`) is not seen.
    ///
    /// ## References
    /// - PEP 493
    "python-tls-verification-off" for DockerfileSubject {
        aliases: ["checkov:CKV2_DOCKER_5"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["image.verified-packages"],
        fix: Unsafe,
        check: Check::OnWith(
            &[Keyword::Env, Keyword::Arg, Keyword::Run, Keyword::Cmd, Keyword::Entrypoint],
            WANTED,
            check,
        ),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    report_switches(subject, instruction, PYTHON_SWITCHES, sink);
}

const WANTED: Wanted = Switch::wanted(PYTHON_SWITCHES);
