//! Options and operands.

use plimsoll_shell::{flag_value, flag_values, has_flag, positional};

use crate::dump::parsed;

#[test]
fn flags_are_found_as_getopt_finds_them() {
    let table = [
        ("x -y", true),
        ("x -qy a", true),
        ("x -yq a", true),
        ("x --yes", true),
        ("x --yes=1", true),
        ("x --assume-yes", true),
        ("x '-y'", true),
        ("x -y$z", true),
        ("x -- -y", false),
        ("x --yesterday", false),
        ("x -o=y", false),
        ("x y", false),
        ("x -", false),
        ("x \"$y\"", false),
    ];
    for (text, expected) in table {
        let script = parsed(text);
        let args = script.commands()[0].command.args();
        assert_eq!(has_flag(args, 'y', &["yes", "assume-yes"]), expected, "{text}");
    }
    let script = parsed("x -y --no-cache");
    let args = script.commands()[0].command.args();
    assert!(has_flag(args, None, &["no-cache"]) && !has_flag(args, None, &["y"]));
}

#[test]
fn values_are_found_wherever_they_stand() {
    let table = [
        ("x -o v a", "v"),
        ("x -ov a", "v"),
        ("x -o=v a", "v"),
        ("x -qo v a", "v"),
        ("x --out v", "v"),
        ("x --out=v", "v"),
        ("x --out \"$v\"", "$v"),
        ("x a -o 'v'", "v"),
        ("x --output=v", "-"),
        ("x -- -o v", "-"),
        ("x -o", "-"),
    ];
    for (text, expected) in table {
        let script = parsed(text);
        let value = flag_value(script.commands()[0].command.args(), 'o', &["out"]);
        assert_eq!(value.map_or("-".into(), |it| it.text), expected, "{text}");
    }
    let script = parsed("x -v a:b --volume=c:d -v $e");
    let values = flag_values(script.commands()[0].command.args(), 'v', &["volume"]);
    let texts: Vec<_> = values.iter().map(|it| it.text.as_ref()).collect();
    assert_eq!(texts, ["a:b", "c:d", "$e"]);
}

#[test]
fn operands_are_what_is_left() {
    let table = [
        ("x install -y a b=1", "install a b=1"),
        ("x -t stable install -o Foo=bar a", "install a"),
        ("x --target stable a --target=x b", "a b"),
        ("x -qt stable a", "a"),
        ("x -tstable a -- -b", "a -b"),
        ("x - a", "- a"),
    ];
    for (text, expected) in table {
        let script = parsed(text);
        let words = positional(script.commands()[0].command.args(), &["-t", "-o", "--target"]);
        let texts: Vec<_> = words.iter().map(|it| it.text().into_owned()).collect();
        assert_eq!(texts.join(" "), expected, "{text}");
    }
}
