//! Every construct but heredocs, stages and variables.

use plimsoll_dockerfile::{
    CheckOptions, DirectiveKind, InstructionKind, Keyword, ShellOrExec, SyntaxErrorKind,
};

use crate::dump::{check, dump, read};

#[test]
fn each_instruction_reads() {
    check(&[
        ("FROM alpine", "FROM (alpine)"),
        ("from --platform=linux/arm64 a:1 As B", "FROM --platform=linux/arm64 (a:1) as B"),
        ("RUN make all", "RUN Posix `make all`"),
        ("RUN [\"a\", \"b c\"]", "RUN exec a|b c"),
        ("CMD", "CMD invalid\n! MissingArgument `CMD`"),
        ("CMD []", "CMD exec"),
        ("ENTRYPOINT exec top -b", "ENTRYPOINT Posix `exec top -b`"),
        ("COPY a b c/", "COPY (a) (b) -> (c/)"),
        ("COPY [\"a b\", \"c\"]", "COPY (a b) -> (c) json"),
        ("ADD https://x.y/z.tgz /", "ADD (https://x.y/z.tgz) -> (/)"),
        ("ARG A B=1 C=\"x y\"", "ARG (A) (B)(1) (C)(\"x y\")"),
        ("ENV A=1 B='x y' C=x\\ y", "ENV [A](1) [B]('x y') [C](x\\ y)"),
        ("ENV A some = value", "ENV legacy [A](some = value)"),
        ("LABEL \"a.b\"=\"c\" d=", "LABEL [a.b](\"c\") [d]()"),
        ("LABEL a b c", "LABEL legacy [a](b c)"),
        (
            "EXPOSE 80 8000-8010/UDP $P 127.0.0.1:80:81/tcp",
            "EXPOSE Some((80, 80))/- Some((8000, 8010))/udp None/- Some((81, 81))/tcp@",
        ),
        ("USER app:${G:-x}", "USER (app)(${G:-x})"),
        ("USER ${U:-root}", "USER (${U:-root})"),
        ("WORKDIR /a b", "WORKDIR (/a b)"),
        ("VOLUME /a /b", "VOLUME (/a) (/b)"),
        ("VOLUME [\"/a\"]", "VOLUME (/a) json"),
        ("STOPSIGNAL SIGTERM", "STOPSIGNAL (SIGTERM)"),
        ("MAINTAINER Some One <x@y>", "MAINTAINER (Some One <x@y>)"),
        ("HEALTHCHECK NONE", "HEALTHCHECK none"),
        (
            "HEALTHCHECK --interval=5s --retries=3 CMD curl -f x || exit 1",
            "HEALTHCHECK --interval=5s --retries=3 Posix `curl -f x || exit 1`",
        ),
        ("HEALTHCHECK cmd [\"a\"]", "HEALTHCHECK exec a"),
        ("SHELL [\"/bin/bash\", \"-c\"]", "SHELL /bin/bash|-c"),
        ("ONBUILD COPY --chown=a . /x", "ONBUILD COPY --chown=a (.) -> (/x)"),
    ]);
}

#[test]
fn flags_read_with_quotes_and_without_values() {
    check(&[
        (
            "COPY --from=b --chown=\"a:b\" --chmod=644 --link --exclude=*.x --exclude=y --parents \
             a b",
            "COPY --from=b --chown=a:b --chmod=644 --link --exclude=*.x --exclude=y --parents (a) \
             -> (b)",
        ),
        (
            "ADD --checksum=sha256:0 --keep-git-dir=true --unpack a b",
            "ADD --checksum=sha256:0 --keep-git-dir=true --unpack (a) -> (b)",
        ),
        (
            "RUN --network=none --security=sandbox --device=x -- make",
            "RUN --network=none --security=sandbox --device=x Posix `make`",
        ),
        ("RUN --nonsense x", "RUN --nonsense Posix `x`\n! UnknownFlag `--nonsense`"),
        ("COPY --link=x a b", "COPY --link=x (a) -> (b)\n! BadFlagValue `--link=x`"),
        ("COPY --from a b", "COPY --from (a) -> (b)\n! BadFlagValue `--from`"),
        (
            "RUN --network=a --network=b x",
            "RUN --network=a --network=b Posix `x`\n! DuplicateFlag `--network=b`",
        ),
    ]);
}

#[test]
fn mounts_come_apart() {
    let file = read("RUN --mount=type=cache,target=/a,\"id=x,y\" --mount=dst=/b,ro,from=c make");
    let InstructionKind::Run(run) = &file.instructions[0].kind else { panic!() };
    let [cache, bind] = run.mounts.as_slice() else { panic!() };
    assert_eq!((cache.kind.as_str(), cache.target()), ("cache", Some("/a")));
    assert_eq!(cache.option(&["id"]), Some("x,y"));
    assert_eq!((bind.kind.as_str(), bind.target()), ("bind", Some("/b")));
    assert_eq!(bind.option(&["readonly", "ro"]), Some(""));
    assert_eq!(bind.option(&["rw"]), None);
    assert_eq!(bind.from.as_ref().unwrap().text, "c");
    let span = cache.options[1].value_span.unwrap();
    assert_eq!(file.source.slice(span), "/a");
}

#[test]
fn continuations_join() {
    check(&[
        ("RUN a \\\n  b\n", "RUN Posix `a   b`"),
        ("RUN a \\ \t\r\n  b\r\n", "RUN Posix `a   b`"),
        ("RUN a \\\n# no\n\n  # no\n  && b", "RUN Posix `a   && b`"),
        ("RUN a \\", "RUN Posix `a`"),
        ("RUN a \\\\\nUSER b", "RUN Posix `a \\\\`\nUSER (b)"),
        ("\\\nRUN a", "RUN Posix `a`"),
        ("RU\\\nN a", "RUN Posix `a`"),
        ("\\\n", ""),
        ("# escape=`\nRUN a `\n b\\\nUSER c", "RUN Cmd `a  b\\`\nUSER (c)"),
    ]);
    let file = read("RUN a \\\n# one\n\n  b \\\n  # two\n c\n# three\n");
    let comments: Vec<_> = file.comments.iter().map(|it| file.source.slice(it.span)).collect();
    assert_eq!(comments, ["# one", "# two", "# three"]);
    let places: Vec<_> =
        file.comments.iter().map(|it| (it.in_continuation, it.instruction)).collect();
    assert_eq!(places, [(true, 0), (true, 0), (false, 1)]);
    assert_eq!(file.blank_continuations.len(), 1);
    assert_eq!(file.source.line(file.blank_continuations[0].start), 3);
    assert_eq!(file.source.slice(file.instructions[0].span).lines().count(), 6);
}

#[test]
fn directives_stand_at_the_top_only() {
    let text = "\u{feff}# syntax = docker/dockerfile:1\n# Escape=`\r\n# other=x\n# escape=\\\n\
                # check=skip=A, B;error=true;experimental=all\n\n# check=skip=C\nRUN a `\n b";
    let file = read(text);
    let kinds: Vec<_> = file.directives.iter().map(|it| (it.kind, it.duplicate)).collect();
    assert_eq!(
        kinds,
        [
            (DirectiveKind::Syntax, false),
            (DirectiveKind::Escape, false),
            (DirectiveKind::Unknown, false),
            (DirectiveKind::Escape, true),
            (DirectiveKind::Check, false),
        ]
    );
    for directive in &file.directives {
        assert_eq!(file.source.slice(directive.name.span), directive.name.text);
        assert_eq!(file.source.slice(directive.value.span), directive.value.text);
    }
    assert_eq!((file.escape, file.comments.len()), ('`', 1));
    let expected = CheckOptions {
        skip: vec!["A".to_owned(), "B".to_owned()],
        error: true,
        experimental: vec!["all".to_owned()],
    };
    assert_eq!(file.check_options(), Some(expected));
    assert_eq!(dump(&file), "RUN Cmd `a  b`\n! BadDirective `# escape=\\`\n");
    assert_eq!(read("# a comment\n# escape=`\nRUN a").escape, '\\');
    assert_eq!(read("RUN a\n# escape=`").escape, '\\');
    assert_eq!(read("# escape=x").errors[0].kind, SyntaxErrorKind::BadDirective);
}

#[test]
fn what_is_no_json_silently_is_a_shell_form() {
    check(&[
        ("CMD ['a', 'b']", "CMD Posix `['a', 'b']` fallback"),
        ("CMD [\"a\", \"b\"", "CMD Posix `[\"a\", \"b\"` fallback"),
        ("CMD [\"a\"] b", "CMD Posix `[\"a\"] b` fallback"),
        ("RUN [ -f x ] && y", "RUN Posix `[ -f x ] && y` fallback"),
        ("CMD [1]", "CMD Posix `[1]` fallback\n! BadJson `[1]`"),
        ("SHELL bash -c", "SHELL invalid\n! BadJson `bash -c`"),
    ]);
    let file = read("CMD [\"a\",\\\n \"b\\\\\"]");
    let InstructionKind::Cmd(ShellOrExec::Exec(form)) = &file.instructions[0].kind else {
        panic!()
    };
    let raw: Vec<_> = form.words.iter().map(|it| file.source.slice(it.span)).collect();
    assert_eq!(raw, ["\"a\"", "\"b\\\\\""]);
}

#[test]
fn one_bad_line_costs_that_line() {
    check(&[
        ("FROM a\nRUM x\nUSER b", "FROM (a)\n? RUM\nUSER (b)\n! UnknownInstruction `RUM`"),
        (
            "FROM\nENV A\nENV =b c=d e\nCOPY x\nUSER b",
            "FROM invalid\nENV invalid\nENV [c](d)\nCOPY invalid\nUSER (b)\n! MissingArgument \
             `FROM`\n! MissingArgument `A`\n! MissingName `=b`\n! MissingEquals `e`\n! \
             MissingArgument `COPY`",
        ),
        (
            "FROM a b c d\nFROM x AS 1y\nFROM Debian",
            "FROM (a)\nFROM (x) as 1y\nFROM (Debian)\n! BadFrom `b c d`\n! BadStageName `1y`\n! \
             BadImageReference `Debian`",
        ),
        (
            "HEALTHCHECK curl x\nHEALTHCHECK NONE x\nHEALTHCHECK CMD\nEXPOSE 70000 80/icmp x",
            "HEALTHCHECK invalid\nHEALTHCHECK none\nHEALTHCHECK invalid\nEXPOSE Some((70000, \
             70000))/- Some((80, 80))/icmp None/-\n! BadHealthcheck `curl`\n! TooManyArguments \
             `x`\n! MissingArgument `CMD`\n! BadPort `70000`\n! BadPort `80/icmp`\n! BadPort `x`",
        ),
        (
            "ONBUILD ONBUILD RUN a\nONBUILD FROM a\nONBUILD\nONBUILD x",
            "ONBUILD ONBUILD invalid\nONBUILD FROM (a)\nONBUILD invalid\nONBUILD ? x\n! \
             BadOnbuild `ONBUILD`\n! BadOnbuild `FROM`\n! MissingArgument `ONBUILD`\n! \
             UnknownInstruction `x`",
        ),
        ("USER a\nARG B\nFROM c", "USER (a)\nARG (B)\nFROM (c)\n! BeforeFirstStage `USER`"),
    ]);
}

#[test]
fn onbuild_is_one_instruction_with_another_inside() {
    let file = read("FROM a\nONBUILD RUN x\nUSER b");
    let keywords: Vec<_> = file.all_instructions().map(|it| (it.keyword, it.onbuild)).collect();
    assert_eq!(keywords, [(Keyword::From, false), (Keyword::Run, true), (Keyword::User, false)]);
    let outer = &file.instructions[1];
    assert_eq!(outer.keyword, Keyword::Onbuild);
    assert_eq!(file.source.slice(outer.span), "ONBUILD RUN x");
    assert_eq!(file.source.slice(outer.effective().span), "RUN x");
    assert_eq!(outer.effective().index, 1);
}
