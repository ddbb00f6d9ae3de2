//! Heredocs: openers, bodies, and what reads them.

use plimsoll_dockerfile::{InstructionKind, SyntaxErrorKind};

use crate::dump::{check, read};

#[test]
fn a_heredoc_alone_is_the_script() {
    check(&[
        ("RUN <<EOF\na\nEOF\nUSER b", "RUN Posix `a⏎` <<EOF:`a⏎`\nUSER (b)"),
        ("RUN <<EOF\nEOF\n# c\nUSER b", "RUN Posix `` <<EOF:``\nUSER (b)"),
        ("RUN <<-E\n\ta\n\t\tE\nUSER b", "RUN Posix `a⏎` <<-E:`\ta⏎`\nUSER (b)"),
        ("RUN <<\"EOF\"\na\nEOF", "RUN Posix `a⏎` <<qEOF:`a⏎`"),
        ("RUN <<'E F'\na\nE F", "RUN Posix `a⏎` <<qE F:`a⏎`"),
        ("RUN <<-\\EOT\n\ta\n\tEOT", "RUN Posix `a⏎` <<q-EOT:`\ta⏎`"),
        ("RUN <<E\r\na\r\nE\r\nUSER b\r\n", "RUN Posix `a⏎` <<E:`a␍⏎`\nUSER (b)"),
        (
            "RUN --mount=type=cache,target=/x <<E\na\nE",
            "RUN --mount=type=cache,target=/x Posix `a⏎` <<E:`a⏎`",
        ),
        ("ONBUILD RUN <<E\na\nE\nUSER b", "ONBUILD RUN Posix `a⏎` <<E:`a⏎`\nUSER (b)"),
        ("# escape=`\nFROM alpine\nRUN <<\\E\na\nE", "FROM (alpine)\nRUN Busybox `a⏎` <<qE:`a⏎`"),
    ]);
}

#[test]
fn a_shebang_names_the_reader() {
    check(&[
        (
            "RUN <<E\n#!/bin/bash -e\na\nE",
            "RUN Bash `#!/bin/bash -e⏎a⏎` -e <<E:`#!/bin/bash -e⏎a⏎`",
        ),
        (
            "RUN <<E\n#!/usr/bin/env -S python3 -u\nE",
            "RUN Other(\"python3\") `#!/usr/bin/env -S python3 -u⏎` -u <<E:`#!/usr/bin/env -S \
             python3 -u⏎`",
        ),
        (
            "FROM alpine\nRUN <<E\n#!/bin/sh\nE",
            "FROM (alpine)\nRUN Busybox `#!/bin/sh⏎` <<E:`#!/bin/sh⏎`",
        ),
    ]);
}

#[test]
fn a_command_takes_heredocs_as_input() {
    check(&[
        ("RUN <<E bash\na\nE\nUSER b", "RUN Posix `<<E bash⏎a⏎E` Bash0`a⏎` <<E:`a⏎`\nUSER (b)"),
        ("RUN bash -eux <<E\na\nE", "RUN Posix `bash -eux <<E⏎a⏎E` Bash0`a⏎` <<E:`a⏎`"),
        (
            "RUN x && sudo sh -s y <<E\na\nE",
            "RUN Posix `x && sudo sh -s y <<E⏎a⏎E` Posix0`a⏎` <<E:`a⏎`",
        ),
        ("RUN python3 <<E\na\nE", "RUN Posix `python3 <<E⏎a⏎E` Other(\"python3\")0`a⏎` <<E:`a⏎`"),
        ("RUN bash x.sh <<E\na\nE", "RUN Posix `bash x.sh <<E⏎a⏎E` <<E:`a⏎`"),
        ("RUN bash -c 'y' <<E\na\nE", "RUN Posix `bash -c 'y' <<E⏎a⏎E` <<E:`a⏎`"),
        ("RUN cat <<E > /x\na\nE", "RUN Posix `cat <<E > /x⏎a⏎E` <<E:`a⏎`"),
        ("RUN cat > /x <<E && bash\na\nE", "RUN Posix `cat > /x <<E && bash⏎a⏎E` <<E:`a⏎`"),
        (
            "RUN <<A cat && <<-B bash\na\nA\n\tb\n\tB",
            "RUN Posix `<<A cat && <<-B bash⏎a⏎A⏎\tb⏎\tB` Bash1`b⏎` <<A:`a⏎` <<-B:`\tb⏎`",
        ),
        ("RUN cat 3<<E\na\nE", "RUN Posix `cat 3<<E⏎a⏎E` <<E:`a⏎`"),
        ("RUN cat <<E \\\n > x\na\nE", "RUN Posix `cat <<E  > x⏎a⏎E` <<E:`a⏎`"),
    ]);
}

#[test]
fn files_are_written_by_heredoc() {
    check(&[
        ("COPY <<E /x\na\nE\nUSER b", "COPY heredoc0 -> (/x) <<E:`a⏎`\nUSER (b)"),
        (
            "COPY --chmod=755 <<a.txt b <<\"c.txt\" /x/\n1\na.txt\n2\nc.txt",
            "COPY --chmod=755 heredoc0 (b) heredoc1 -> (/x/) <<a.txt:`1⏎` <<qc.txt:`2⏎`",
        ),
        ("ADD <<-E /x\n\ta\n\tE", "ADD heredoc0 -> (/x) <<-E:`\ta⏎`"),
    ]);
}

#[test]
fn not_everything_with_two_signs_is_a_heredoc() {
    check(&[
        ("RUN cat <<<E\nUSER b", "RUN Posix `cat <<<E`\nUSER (b)"),
        ("RUN echo \"a <<E\"\nUSER b", "RUN Posix `echo \"a <<E\"`\nUSER (b)"),
        ("RUN echo $((1<<2))\nUSER b", "RUN Posix `echo $((1<<2))`\nUSER (b)"),
        ("RUN [\"cat\", \"<<E\"]\nUSER b", "RUN exec cat|<<E\nUSER (b)"),
        ("CMD cat <<E\nUSER b", "CMD Posix `cat <<E`\nUSER (b)"),
        ("ENV A=<<E\nUSER b", "ENV [A](<<E)\nUSER (b)"),
    ]);
}

#[test]
fn a_heredoc_without_end_costs_no_later_instruction() {
    check(&[
        (
            "RUN <<E\na\n  USER x\nuser y\nUSER b",
            "RUN Posix `a⏎  USER x⏎user y⏎` <<!E:`a⏎  USER x⏎user y⏎`\nUSER (b)\n! \
             UnterminatedHeredoc `<<E`",
        ),
        ("RUN <<E", "RUN Posix `` <<!E:``\n! UnterminatedHeredoc `<<E`"),
        (
            "RUN cat <<E; x\na\nE\nUSER b",
            "RUN Posix `cat <<E; x⏎a⏎E` <<E:`a⏎`\nUSER (b)\n! MalformedHeredoc `<<E;`",
        ),
    ]);
    let many = "<<E ".repeat(100);
    let file = read(&format!("RUN {many}\nE\n"));
    assert!(file.errors.iter().any(|it| it.kind == SyntaxErrorKind::LimitExceeded));
}

#[test]
fn spans_of_a_heredoc_are_exact() {
    let text = "FROM a\nRUN <<-E bash\n\tx y\n\tE\nUSER b";
    let file = read(text);
    let run = &file.instructions[1];
    let heredoc = &run.heredocs[0];
    assert_eq!(file.source.slice(heredoc.opener), "<<-E");
    assert_eq!(file.source.slice(heredoc.body), "\tx y\n");
    assert_eq!(file.source.slice(heredoc.terminator), "\tE");
    assert_eq!(file.source.slice(run.span), "RUN <<-E bash\n\tx y\n\tE");
    assert_eq!(file.source.slice(run.args), "<<-E bash");
    let InstructionKind::Run(it) = &run.kind else { panic!() };
    let script = &it.form.shell().unwrap().embedded[0];
    let at = script.text.text().find('y').unwrap();
    assert_eq!(script.text.locate(at..at + 1).start, text.find('y').unwrap());
}
