//! Which variables are in effect, and what texts with them come to.

use plimsoll_dockerfile::{InstructionKind, Origin};

use crate::dump::read;

#[test]
fn texts_expand_as_the_builder_does_it() {
    let file = read("FROM a\nENV X=abc.tar.gz E= D=a-b-c\nARG N\nRUN x");
    let environment = file.environment_at(3);
    for (text, expected) in [
        ("plain", Some("plain")),
        ("$X", Some("abc.tar.gz")),
        ("${X}/y", Some("abc.tar.gz/y")),
        ("$X.y", Some("abc.tar.gz.y")),
        ("\\$X", Some("$X")),
        ("'$X'", Some("$X")),
        ("\"$X \\\"q\\\" \\n\"", Some("abc.tar.gz \"q\" \\n")),
        ("${U:-d}", Some("d")),
        ("${U-d}", Some("d")),
        ("${E:-d}", Some("d")),
        ("${E-d}", Some("")),
        ("${X:-d}", Some("abc.tar.gz")),
        ("${X:+a}", Some("a")),
        ("${E:+a}", Some("")),
        ("${E+a}", Some("a")),
        ("${U:+a}", Some("")),
        ("${X:?e}", Some("abc.tar.gz")),
        ("${U:?e}", None),
        ("${U?e}", None),
        ("${X#*.}", Some("tar.gz")),
        ("${X##*.}", Some("gz")),
        ("${X%.*}", Some("abc.tar")),
        ("${X%%.*}", Some("abc")),
        ("${X#a?c}", Some(".tar.gz")),
        ("${X#zz}", Some("abc.tar.gz")),
        ("${D/-/+}", Some("a+b-c")),
        ("${D//-/+}", Some("a+b+c")),
        ("${D//-}", Some("abc")),
        ("${U:-${X:-y}}z", Some("abc.tar.gzz")),
        ("$U", None),
        ("$N", None),
        ("${N:-d}", Some("d")),
        ("${X", None),
        ("${}", None),
        ("${X!}", None),
        ("$", Some("$")),
        ("a$ b", Some("a$ b")),
    ] {
        assert_eq!(environment.expand(text).value.as_deref(), expected, "{text}");
    }
}

#[test]
fn uses_are_noted_with_their_places() {
    let file = read("FROM a\nENV X=1\nRUN x");
    let text = "a$X ${U} ${V:-${W}} ${X#y";
    let res = file.environment_at(2).expand(text);
    let shown = |it: &[plimsoll_dockerfile::VariableUse]| {
        let it = it.iter().map(|it| (it.name.clone(), text[it.span.range()].to_owned()));
        it.collect::<Vec<_>>()
    };
    let pair = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    assert_eq!(
        shown(&res.used),
        [
            pair("X", "$X"),
            pair("U", "${U}"),
            pair("V", "${V:-${W}}"),
            pair("W", "${W}"),
            pair("X", "${X")
        ]
        .map(|(name, it)| if it == "${X" { (name, "${X#".to_owned()) } else { (name, it) })
    );
    assert_eq!(shown(&res.undefined), [pair("U", "${U}"), pair("W", "${W}")]);
    assert_eq!(res.malformed.len(), 1);
    assert_eq!(res.used[0].origin, Some(Origin::Env));
}

#[test]
fn scopes_are_those_of_the_builder() {
    let file = read(
        "ARG G=1\nARG H=$G\nFROM a:$H AS one\nRUN $G\nARG G\nENV E=$G F=$E\nARG E=arg\nRUN $E\n\
         FROM one\nRUN $E $G $TARGETARCH $HTTP_PROXY\nARG TARGETARCH\nENV E=2\nRUN $E\n\
         FROM b\nRUN $E",
    );
    let value = |index: usize, name: &str| {
        let variable = file.environment_at(index).get(name)?;
        Some((variable.origin, variable.value.unwrap_or("?").to_owned()))
    };
    let some = |origin, value: &str| Some((origin, value.to_owned()));
    assert_eq!(value(2, "H"), some(Origin::GlobalArg, "1"));
    assert_eq!(value(2, "TARGETARCH"), some(Origin::Predefined, "?"));
    assert_eq!(value(3, "G"), None);
    assert_eq!(value(5, "G"), some(Origin::Arg, "1"));
    assert_eq!(value(7, "E"), some(Origin::Env, "1"));
    assert_eq!(value(7, "F"), some(Origin::Env, "?"));
    assert_eq!(value(9, "E"), some(Origin::Env, "1"));
    assert_eq!(value(9, "G"), some(Origin::Arg, "1"));
    assert_eq!(value(9, "TARGETARCH"), None);
    assert_eq!(value(9, "http_proxy"), some(Origin::Predefined, "?"));
    assert_eq!(value(12, "TARGETARCH"), some(Origin::Arg, "?"));
    assert_eq!(value(12, "E"), some(Origin::Env, "2"));
    assert_eq!(value(14, "E"), None);
    assert_eq!(value(99, "E"), None);
}

#[test]
fn words_of_an_instruction_expand_where_they_stand() {
    let file = read("FROM a\nENV D=/x\nWORKDIR ${D}\\\n/$U");
    let run = &file.instructions[2];
    let InstructionKind::Workdir(word) = &run.kind else { panic!() };
    assert_eq!(word.text, "${D}/$U");
    let res = file.expand_word(run, word);
    let texts: Vec<_> = res.used.iter().map(|it| file.source.slice(it.span)).collect();
    assert_eq!(texts, ["${D}", "$U"]);
    assert_eq!(file.source.slice(res.undefined[0].span), "$U");
}

#[test]
fn values_that_grow_without_end_are_given_up() {
    let mut text = "FROM a\nENV A=0123456789\n".to_owned();
    text += &"ENV A=$A$A\n".repeat(200);
    let file = read(&text);
    assert_eq!(file.environment_at(5).get("A").unwrap().value.unwrap().len(), 80);
    assert_eq!(file.environment_at(200).get("A").unwrap().value, None);
}
