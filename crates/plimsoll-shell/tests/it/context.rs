//! What stands around each command, and what is run behind prefixes.

use plimsoll_shell::{
    CommandContext, Dialect, Enclosure, OperatorKind, PositionMap, parse, parse_argument,
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
    found.expect("the command is in the text").clone()
}

#[test]
fn the_surroundings_are_known() {
    let text = "a && ! b | c || d; if x; then (e &) fi\nf $(g)";
    let kind = |it: Option<plimsoll_shell::Operator>| it.map(|it| it.kind);
    let a = named(text, "a");
    assert_eq!((kind(a.before), kind(a.after)), (None, Some(OperatorKind::And)));
    assert!(a.is_checked());
    let b = named(text, "b");
    assert!(b.is_negated && b.is_piped_into() && !b.is_piped_from());
    let c = named(text, "c");
    assert!(c.is_piped_from() && !c.is_piped_into());
    assert_eq!((c.pipeline_idx, c.pipeline_len, c.and_or_idx), (1, 2, 1));
    assert_eq!(c.pipeline_id, b.pipeline_id);
    assert_eq!(c.and_or_id, a.and_or_id);
    let d = named(text, "d");
    assert_eq!(
        (kind(d.before), kind(d.after)),
        (Some(OperatorKind::Or), Some(OperatorKind::Semicolon))
    );
    assert!(!d.is_checked());
    assert!(named(text, "x").is_in(Enclosure::Condition));
    let e = named(text, "e");
    assert!(e.is_in(Enclosure::Branch) && e.is_in(Enclosure::Subshell));
    assert!(e.is_in(Enclosure::Background) && !e.is_in(Enclosure::Condition));
    let (f, g) = (named(text, "f"), named(text, "g"));
    assert_eq!(kind(f.before), Some(OperatorKind::Newline));
    assert!(g.is_in(Enclosure::CommandSubstitution) && g.list_id != f.list_id);
    let script = parsed(text);
    let parent = g.parent_idx.and_then(|it| script.commands().get(it));
    assert_eq!(parent.and_then(|it| it.command.name()), Some("f"));
}

#[test]
fn the_command_behind_prefixes_is_found() {
    let table = [
        ("/usr/bin/apt-get update", "apt-get", 1, ""),
        ("\"apt-get\" x", "apt-get", 1, ""),
        ("sudo -E -u root A=1 apt-get -y install x", "apt-get", 3, "sudo"),
        ("env -i FOO=\"$x\" apt-get update", "apt-get", 1, "env"),
        ("exec env nice -n 5 timeout -s KILL 30 wget x", "wget", 1, "exec env nice timeout"),
        ("find . | xargs -0 -n 1 rm -rf", "rm", 2, "xargs"),
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
    let words: Vec<_> = inner
        .commands()
        .iter()
        .flat_map(|it| &it.command.words)
        .map(|it| &text[it.span.range()])
        .collect();
    assert_eq!(
        words,
        ["a", "b", "$X", "\"c d\\\""].map(|it| if it.starts_with('"') { words[3] } else { it })
    );
    assert!(words[3].starts_with('"') && words[3].contains("c d"));
    for unknown in ["sh -c \"$x\"", "sh -c $x", "sh -c $'a'", "sh -c ''"] {
        let script = parsed(unknown);
        let word = script.commands()[0].command.words.last().expect(unknown);
        assert!(parse_argument(&script, word, Dialect::Posix).is_none(), "{unknown}");
    }
    let script = parsed("sh -c 'x y'");
    let inner = parse_argument(&script, &script.commands()[0].command.words[2], Dialect::Posix);
    assert_eq!(inner.expect("static").commands()[0].command.words[1].span.range(), 9..10);
}
