use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_shell::{Dialect, Script};
use plimsoll_text::Edit;

use crate::{
    rule::rule,
    shell_feature::{Feature, features},
    shell_text::{known_dialect, plain_scripts, replaces_default_shell},
    subject::dockerfile::{DockerfileSubject, commands},
};

rule! {
    /// Feature of bash under a shell that lacks it.
    ///
    /// ## Why
    /// `RUN` is read by `/bin/sh`: dash on Debian and Ubuntu, BusyBox on Alpine. They do not know
    /// all that bash knows. Some of it fails, some silently does something else: dash takes `cmd
    /// &> log` for `cmd &` and an emptied file, and makes one folder of `{a,b}`.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN source /opt/env.sh && make
    /// # ^ bashism
    /// RUN if [ "$X" == y ]; then make &> /log; fi
    /// # ^ bashism
    /// ```
    /// ```dockerfile
    /// FROM ubuntu:24.04
    /// RUN [[ -f /etc/os-release ]] && make
    /// # ^ bashism
    /// RUN mkdir -p /srv/{a,b}
    /// # ^ bashism
    /// RUN set -o pipefail && curl https://example.com | tar x
    /// # ^ bashism
    /// RUN echo -e "a\tb" > /x
    /// # ^ bashism
    /// RUN diff <(ls /a) <(ls /b)
    /// # ^ bashism
    /// RUN list=(a b); echo "${list[0]} $RANDOM ${HOME:1:2} ${HOME//a/b}"
    /// # ^ bashism
    /// FROM alpine:3.22
    /// RUN mkdir /srv/{a,b}
    /// # ^ bashism
    /// RUN cat <<< text
    /// # ^ bashism
    /// RUN <<EOF
    /// declare -A map
    /// # ^ bashism
    /// EOF
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// RUN . /opt/env.sh && make
    /// # ^ bashism
    /// RUN if [ "$X" = y ]; then make > /log 2>&1; fi
    /// # ^ bashism
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM fedora:42
    /// RUN source /opt/env.sh && [[ -f x ]] && echo -e "a"
    /// FROM alpine:3.22
    /// RUN set -o pipefail && [[ -f x ]] && source /env && echo -e "a" &> /log
    /// FROM debian:12
    /// RUN bash -c 'source x && [[ -f y ]]' && echo "{a,b}" "$UID_OF_APP"
    /// SHELL ["/bin/bash", "-c"]
    /// RUN source /opt/env.sh && mkdir {a,b}
    /// ```
    /// ```dockerfile
    /// FROM ubuntu:24.04
    /// RUN ln -sf /bin/bash /bin/sh
    /// RUN source /opt/env.sh
    /// ```
    /// ```dockerfile
    /// FROM example.com/unknown:1
    /// RUN source /opt/env.sh
    /// ```
    ///
    /// ## Limits
    /// Says nothing where the shell of the base image is not known. What the newest dash has
    /// learned is not counted.
    ///
    /// ## References
    /// - Dockerfile reference: `SHELL`, shell and exec form
    /// - POSIX shell command language
    "bashism" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2039", "hadolint:SC2039", "tally:shellcheck/SC2039",
            "shellcheck:SC2112", "hadolint:SC2112", "tally:shellcheck/SC2112",
            "shellcheck:SC3001", "hadolint:SC3001", "tally:shellcheck/SC3001",
            "shellcheck:SC3002", "hadolint:SC3002", "tally:shellcheck/SC3002",
            "shellcheck:SC3003", "hadolint:SC3003", "tally:shellcheck/SC3003",
            "shellcheck:SC3004", "hadolint:SC3004", "tally:shellcheck/SC3004",
            "shellcheck:SC3005", "hadolint:SC3005", "tally:shellcheck/SC3005",
            "shellcheck:SC3006", "hadolint:SC3006", "tally:shellcheck/SC3006",
            "shellcheck:SC3008", "hadolint:SC3008", "tally:shellcheck/SC3008",
            "shellcheck:SC3009", "hadolint:SC3009", "tally:shellcheck/SC3009",
            "shellcheck:SC3010", "hadolint:SC3010", "tally:shellcheck/SC3010",
            "shellcheck:SC3011", "hadolint:SC3011", "tally:shellcheck/SC3011",
            "shellcheck:SC3014", "hadolint:SC3014", "tally:shellcheck/SC3014",
            "shellcheck:SC3020", "hadolint:SC3020", "tally:shellcheck/SC3020",
            "shellcheck:SC3021", "hadolint:SC3021", "tally:shellcheck/SC3021",
            "shellcheck:SC3024", "hadolint:SC3024", "tally:shellcheck/SC3024",
            "shellcheck:SC3028", "hadolint:SC3028", "tally:shellcheck/SC3028",
            "shellcheck:SC3029", "hadolint:SC3029", "tally:shellcheck/SC3029",
            "shellcheck:SC3030", "hadolint:SC3030", "tally:shellcheck/SC3030",
            "shellcheck:SC3037", "hadolint:SC3037", "tally:shellcheck/SC3037",
            "shellcheck:SC3039", "hadolint:SC3039", "tally:shellcheck/SC3039",
            "shellcheck:SC3040", "hadolint:SC3040", "tally:shellcheck/SC3040",
            "shellcheck:SC3044", "hadolint:SC3044", "tally:shellcheck/SC3044",
            "shellcheck:SC3045", "hadolint:SC3045", "tally:shellcheck/SC3045",
            "shellcheck:SC3046", "hadolint:SC3046", "tally:shellcheck/SC3046",
            "shellcheck:SC3047", "hadolint:SC3047", "tally:shellcheck/SC3047",
            "shellcheck:SC3051", "hadolint:SC3051", "tally:shellcheck/SC3051",
            "shellcheck:SC3053", "hadolint:SC3053", "tally:shellcheck/SC3053",
            "shellcheck:SC3054", "hadolint:SC3054", "tally:shellcheck/SC3054",
            "shellcheck:SC3057", "hadolint:SC3057", "tally:shellcheck/SC3057",
            "shellcheck:SC3059", "hadolint:SC3059", "tally:shellcheck/SC3059",
            "shellcheck:SC3060", "hadolint:SC3060", "tally:shellcheck/SC3060", "droast:DF066",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    for instruction in subject.dockerfile.all_instructions() {
        match instruction.keyword {
            // What `sh` is from here on, and in stages that start here, is another shell.
            Keyword::Run
                if subject.may_hold(instruction, &LINKS)
                    && commands(instruction).any(|it| replaces_default_shell(it.simple())) =>
            {
                return;
            }
            Keyword::Run | Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck => {
                for script in plain_scripts(instruction) {
                    check_script(subject, instruction, script, sink);
                }
            }
            _ => {}
        }
    }
}

fn check_script(
    subject: &DockerfileSubject,
    instruction: &Instruction,
    script: &Script,
    sink: &mut Sink<'_>,
) {
    let shell = match known_dialect(instruction, script) {
        Some(Dialect::Posix) => "dash",
        Some(Dialect::Busybox) => "BusyBox",
        _ => return,
    };
    let mut told: Vec<&str> = Vec::new();
    let environment = subject.dockerfile.environment_at(instruction.index);
    for Feature { span, name, replacement, variable, busybox_has_it } in features(script) {
        let is_set = variable.is_some_and(|it| environment.get(it).is_some());
        if is_set || (busybox_has_it && shell == "BusyBox") {
            continue;
        }
        // The same feature again in one instruction is told once, but mended everywhere.
        if told.contains(&name) && replacement.is_none() {
            continue;
        }
        told.push(name);
        let draft =
            sink.report(span, format!("{name} does not work in `sh`, which is {shell} here"));
        if let Some((span, text)) = replacement {
            draft.fix("Write it for `sh`", Safety::Unsafe, vec![Edit::replace(span, text)]);
        }
    }
}

/// Programs that can put another shell in the place of `sh`.
const LINKS: Wanted = Wanted::word(&["ln", "mv", "cp"]);
