//! Texts made to hurt: reading ends, without overflow, and says what it left out.

use plimsoll_shell::{Coverage, Dialect, ErrorKind, MAX_ERRORS, MAX_TEXT, PositionMap, parse};

use crate::dump::parsed;

#[test]
fn deep_nesting_is_told_and_not_followed() {
    for piece in
        ["(", "$(", "\"$(", "${x:-", "{ ", "if ", "<(", "$((", "((", "x=(", "f() ", "`\\", "! ( "]
    {
        let script = parsed(&piece.repeat(100_000));
        assert!(!script.is_clean(), "{piece}");
        assert!(script.errors.len() <= MAX_ERRORS + 2, "{piece}");
    }
    let script = parsed(&"$(".repeat(100));
    assert_eq!(script.coverage, Coverage::Limited);
    assert!(script.errors.iter().any(|it| it.kind == ErrorKind::Limit));
}

#[test]
fn nesting_below_the_limit_is_read() {
    let text = format!("{}a{}", "$(".repeat(30), ")".repeat(30));
    let script = parsed(&text);
    assert!(script.is_clean());
    assert_eq!(script.commands().len(), 31);
}

#[test]
fn no_text_takes_more_than_its_length() {
    // Each of these would take hours if any part of it were read again and again.
    let pieces = [
        "$(",
        "\"",
        "`",
        "${",
        "'",
        "$((",
        "((",
        "$((#'\n))",
        "<<A ",
        "<<A\n",
        "$(cat <<A\n",
        "a[",
        "{",
        "{,",
        "[",
        "a=(",
        "\\",
        "`\\`",
        "${x#",
        ")",
        ";;",
        "&&",
        "|",
        "case ",
        "[[ ",
        "[[ a =~ (",
        "@(",
        "if ",
        "x ",
        "a;",
        "\n",
        "#\n",
        "time ",
        "! ",
        "coproc ",
        "function f ",
        "0",
        "{a",
        "é",
        "\0",
        "$((\"`",
        "\"${x:-\"",
        "~",
        "<(",
        "x=",
        "\\\n",
        "\r",
        "for x in ",
        "f()",
        "\"$(`",
        "{a..",
        "]",
        "[]",
    ];
    for piece in pieces {
        let script = parsed(&piece.repeat(MAX_TEXT / 4 / piece.len()));
        assert!(script.errors.len() <= MAX_ERRORS + 2, "{piece}");
    }
}

#[test]
fn too_long_a_text_is_cut_and_told() {
    let text = "é".repeat(MAX_TEXT);
    let script = parse(&text, &PositionMap::identity(0), Dialect::Posix);
    assert!(script.errors.iter().any(|it| it.kind == ErrorKind::Limit));
    assert_eq!(script.coverage, Coverage::Limited);
}
