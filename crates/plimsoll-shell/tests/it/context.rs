//! What stands around each command, and what is run behind prefixes.

use plimsoll_shell::{
    CommandContext, Dialect, Enclosure, Operator, OperatorKind, PositionMap, parse, parse_argument,
    shell_argument,
};

use crate::dump::parsed;

#[test]
fn every_command_is_shown_in_source_order() {
    let text = "a \"$(b `c`)\" | (d); if e; then f <<E; fi; while g; do h; done\n$(i)\nE\n\
                j() { k; }; x=$(l) y=${m:-$(n)}; case $(o) in $(p)) q;; esac; [[ $(r) ]]; \
                for s in $(t); do u=($(v)); done; w <($(x))";
    let script = parsed(text);
    let names: Vec<_> =
        script.commands().iter().map(|it| it.command.name().unwrap_or("-")).collect();
    assert_eq!(
        names.join(" "),
        "a b c d e f i g h k - l n o p q r t - v w - x",
        "assignments and substituted names have no name"
    );
    assert!(script.is_clean());
}

fn named(text: &str, name: &str) -> CommandContext {
    let script = parsed(text);
    let found = script.commands().iter().find(|it| it.command.name() == Some(name));
    let Some(found) = found else { panic!("`{name}` is not in the text") };
    found.clone()
}

#[test]
fn the_surroundings_are_known() {
    let text = "a && ! b | c || d; if x; then (e &) fi\nf $(g)";
    let kind = |it: Option<Operator>| it.map(|it| it.kind);
    let first = named(text, "a");
    assert_eq!((kind(first.before), kind(first.after)), (None, Some(OperatorKind::And)));
    assert!(first.is_checked());
    let writer = named(text, "b");
    assert!(writer.is_negated && writer.is_piped_into() && !writer.is_piped_from());
    let reader = named(text, "c");
    assert!(reader.is_piped_from() && !reader.is_piped_into());
    assert_eq!((reader.pipeline_idx, reader.pipeline_len, reader.and_or_idx), (1, 2, 1));
    assert_eq!(reader.pipeline_id, writer.pipeline_id);
    assert_eq!(reader.and_or_id, first.and_or_id);
    let last = named(text, "d");
    assert_eq!(kind(last.before), Some(OperatorKind::Or));
    assert_eq!(kind(last.after), Some(OperatorKind::Semicolon));
    assert!(!last.is_checked());
    assert!(named(text, "x").is_in(Enclosure::Condition));
    let inner = named(text, "e");
    assert!(inner.is_in(Enclosure::Branch) && inner.is_in(Enclosure::Subshell));
    assert!(inner.is_in(Enclosure::Background) && !inner.is_in(Enclosure::Condition));
}

#[test]
fn a_substitution_knows_its_command() {
    let script = parsed("a; f \"$(g)\" <<E\n$(h)\nE");
    let [_, outer, inner, document] = script.commands() else { panic!("four commands") };
    assert_eq!(outer.before.map(|it| it.kind), Some(OperatorKind::Semicolon));
    assert!(inner.is_in(Enclosure::CommandSubstitution) && inner.list_id != outer.list_id);
    assert!(document.is_in(Enclosure::HereDocument));
    for it in [inner, document] {
        assert_eq!((it.parent_idx, it.before, it.after), (Some(1), None, None));
    }
}

#[test]
fn the_command_behind_prefixes_is_found() {
    let table = [
        ("/usr/bin/apt-get update", "apt-get", 1, ""),
        ("\"apt-get\" x", "apt-get", 1, ""),
        ("sudo -E -u root A=1 apt-get -y install x", "apt-get", 3, "sudo"),
        ("env -i FOO=\"$x\" apt-get update", "apt-get", 1, "env"),
        ("exec env nice -n 5 timeout -s KILL 30 wget x", "wget", 1, "exec env nice timeout"),
        ("find . | xargs -0 -n 1 rm -rf x", "rm", 2, "xargs"),
        ("gosu user:group app", "app", 0, "gosu"),
        ("chroot --userspec=a:b /mnt apt-get update", "apt-get", 1, "chroot"),
        ("busybox wget x", "wget", 1, "busybox"),
        ("sudo -- rm x", "rm", 1, "sudo"),
        ("command -v curl", "command", 2, ""),
        ("env", "env", 0, ""),
        ("nohup", "nohup", 0, ""),
        ("time -p make", "make", 0, "time"),
    ];
    for (text, name, n_args, prefixes) in table {
        let script = parsed(text);
        let command = &script.commands().last().expect(text).command;
        let effective = command.effective().expect(text);
        let seen: Vec<_> = effective.prefixes.iter().map(|it| it.name.as_str()).collect();
        assert_eq!((effective.name, effective.args.len()), (name, n_args), "{text}");
        assert_eq!(seen.join(" "), prefixes, "{text}");
    }
    for unknown in ["$x a", "sudo $x", "x=1", "a*b"] {
        assert!(parsed(unknown).commands().iter().all(|it| it.command.effective().is_none()));
    }
    assert_eq!(parsed("sudo $x").commands()[0].command.prefixes().len(), 1);
}

#[test]
fn the_argument_of_a_shell_is_a_script() {
    let text = "RUN bash -c \"a && \\\n  b $X \\\"c d\\\"\"";
    // The reader of the file leaves the continued line ending out.
    let mut map = PositionMap::identity(4);
    map.push(14, 20);
    let logical = format!("{}{}", &text[4..18], &text[20..]);
    let script = parse(&logical, &map, Dialect::Posix);
    let word = &script.commands()[0].command.words[2];
    let inner = parse_argument(&script, word, Dialect::Bash).expect("a static text");
    let words: Vec<_> = inner.commands().iter().flat_map(|it| &it.command.words).collect();
    let texts: Vec<_> = words.iter().map(|it| it.raw.as_str()).collect();
    assert_eq!(texts, ["a", "b", "$X", "\"c d\""]);
    let slices: Vec<_> = words.iter().map(|it| &text[it.span.range()]).collect();
    assert_eq!(slices, ["a", "b", "$X", "\"c d\\\""]);
    for unknown in ["sh -c \"$x\"", "sh -c $x", "sh -c $'a'", "sh -c ''"] {
        let script = parsed(unknown);
        let word = script.commands()[0].command.words.last().expect(unknown);
        assert!(parse_argument(&script, word, Dialect::Posix).is_none(), "{unknown}");
    }
    let script = parsed("sh -c 'x y'");
    let inner = parse_argument(&script, &script.commands()[0].command.words[2], Dialect::Posix);
    assert_eq!(inner.expect("static").commands()[0].command.words[1].span.range(), 9..10);
}

#[test]
fn the_script_given_to_a_shell_is_found() {
    let table = [
        ("sh -c 'x'", Some(("'x'", Dialect::Posix))),
        ("sudo /bin/bash -euo pipefail -c \"x $y\" z", Some(("\"x $y\"", Dialect::Bash))),
        ("bash -lc x", Some(("x", Dialect::Bash))),
        ("busybox sh -c x", Some(("x", Dialect::Busybox))),
        ("bash x.sh -x", None),
        ("gcc -c x.c", None),
    ];
    for (text, expected) in table {
        let script = parsed(text);
        let invocation = script.commands()[0].command.effective().expect(text);
        let found = shell_argument(&invocation).map(|it| (it.0.raw.as_str(), it.1));
        assert_eq!(found, expected, "{text}");
    }
}
