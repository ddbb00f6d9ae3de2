//! Broken texts: an error is told, and the rest is read.

use plimsoll_shell::{Coverage, Dialect, PositionMap, parse};

use crate::dump::{dump, parsed};

#[test]
fn what_is_broken_costs_only_itself() {
    let table = [
        ("a 'b", "(a 'b') !this single quote is never closed@2..3"),
        ("a \"b $c", "(a \"b <$c>\") !this double quote is never closed@2..3"),
        ("a $(b; c", "(a <Dollar (b); (c)>) !this `$(` is never closed@2..4"),
        ("a ${b", "(a <$b>) !this `${` is never closed@2..4"),
        ("a `b", "(a <Backtick (b)>) !this backtick is never closed@2..3"),
        ("(a; b", "(sub (a); (b)) !this `(` is never closed@0..1"),
        ("{ a; b", "(group (a); (b)) !this `{` is never closed@0..1"),
        ("if a; then b", "(if (a); then (b)) !this `if` has no `fi`@0..2"),
        ("{ if a; then b; }; c", "(group (if (a); then (b);)); (c) !this `if` has no `fi`@2..4"),
        ("a; fi; b", "(a); (b) !unexpected `fi`@3..5 !unexpected `;`@5..6"),
        (
            "a | | b",
            "(a) (b) !a command is missing after this operator@2..3 \
          !a separator is missing before this@4..5 !unexpected `|`@4..5",
        ),
        ("a && ; b", "(a); (b) !a command is missing after this operator@2..4"),
        ("&& a", "(a) !unexpected `&&`@0..2"),
        ("a ) b", "(a) (b) !unexpected `)`@2..3"),
        ("a > ; b", "(a <Output >); (b) !the target of this redirection is missing@2..3"),
        (
            "cat <<E\nx",
            "(cat <HereDocument E:doc{x}>)¶ !the delimiter of this here-document is \
          missing@6..7",
        ),
        ("[[ a ; b", "(test a); (b) !this `[[` has no `]]`@0..2"),
        ("while a; b; done; c", "(While (a); (b); do ); (c) !this loop has no `do`@0..5"),
        ("${}", "(<$>) !nothing to expand is named here@0..2"),
        ("x=(1 2", "(x=<array 1 2>) !this array is never closed@2..3"),
    ];
    for (text, expected) in table {
        assert_eq!(dump(text), expected, "{text}");
    }
}

#[test]
fn other_languages_are_left_alone() {
    let script = parse("Get-Item 'x", &PositionMap::identity(0), Dialect::PowerShell);
    assert_eq!(script.coverage, Coverage::Unparsed);
    assert!(script.commands().is_empty() && script.errors.is_empty());
    assert!(!script.is_clean());
    assert!(parsed("a").is_clean());
}
