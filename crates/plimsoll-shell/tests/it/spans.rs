//! Spans lead to the text that they stand for.

use plimsoll_shell::{Dialect, Node, PositionMap, Word, parse, walk_script};

use crate::dump::{parsed, word};

#[test]
fn words_read_back_from_their_spans() {
    let mut random = Random(7);
    for _ in 0..3000 {
        let n_pieces = 1 + random.below(12);
        let text: String = (0..n_pieces).map(|_| PIECES[random.below(PIECES.len())]).collect();
        let script = parsed(&text);
        for context in script.commands() {
            assert!(text.get(context.command.span.range()).is_some(), "{text}");
            for it in &context.command.words {
                let slice = text.get(it.span.range()).expect("a span inside of the text");
                // Words out of backticks with escapes are not in the text as such.
                if slice == it.raw.as_str() {
                    assert_eq!(word(&reread(slice)), word(it), "{text}\n{slice}");
                } else {
                    assert!(text.contains('`'), "{text}");
                }
            }
        }
        walk_script(&script, &mut |node| {
            if let Node::Part(part, _) = node {
                assert!(text.get(part.span.range()).is_some(), "{text}");
            }
        });
        for error in &script.errors {
            assert!(text.get(error.span.range()).is_some(), "{text}: {error:?}");
        }
    }
}

#[test]
fn spans_go_through_the_map() {
    // `ab  "c` and `d" e` are joined; eight bytes of the file were left out between them.
    let mut map = PositionMap::identity(100);
    map.push(6, 114);
    let script = parse("ab  \"cd\" e", &map, Dialect::Posix);
    let words = &script.commands()[0].command.words;
    let spans: Vec<_> = words.iter().map(|it| it.span.range()).collect();
    assert_eq!(spans, [100..102, 104..116, 117..118]);
    assert_eq!(script.list.span.range(), 100..118);
}

#[test]
fn words_out_of_escaped_backticks_keep_their_places() {
    let text = "a `b \\`c \"d\"\\` e`";
    let script = parsed(text);
    let spans: Vec<_> = script
        .commands()
        .iter()
        .flat_map(|it| &it.command.words)
        .map(|it| &text[it.span.range()])
        .collect();
    assert_eq!(spans, ["a", "`b \\`c \"d\"\\` e`", "b", "`c \"d\"\\`", "e", "c", "\"d\""]);
}

#[test]
fn values_of_words() {
    let table = [
        ("a", Some("a"), "a"),
        ("'a b'\"c\"\\d", Some("a bcd"), "a bcd"),
        ("\"\"", Some(""), ""),
        ("a$X\"${Y:-z}\"", None, "a$X${Y:-z}"),
        ("*.deb", None, "*.deb"),
        ("~/x", None, "~/x"),
        ("[", Some("["), "["),
        ("{}", Some("{}"), "{}"),
        ("a\\\nb", Some("ab"), "ab"),
        ("$(x)", None, "$(x)"),
        ("$'a\\tb'", Some("a\tb"), "a\tb"),
    ];
    for (text, literal, full) in table {
        let word = reread(text);
        assert_eq!(word.literal().as_deref(), literal, "{text}");
        assert_eq!(word.text(), full, "{text}");
    }
    assert!(reread("a$b").has_unquoted_expansion() && !reread("\"$b\"").has_unquoted_expansion());
    assert!(reread("\"$b\"").has_expansion() && reread("\"b\"").is_quoted());
    assert_eq!(reread("A=\"$b\"x").assignment_name(), Some("A"));
    assert_eq!(reread("--a=b").assignment_name(), None);
}

/// The word that `text` is as an argument.
fn reread(text: &str) -> Word {
    let script = parsed(&format!("x {text}"));
    script.commands()[0].command.words[1].clone()
}

const PIECES: [&str; 44] = [
    "a",
    "b c",
    " ",
    " ",
    "\n",
    ";",
    "&&",
    "|",
    "'",
    "\"",
    "$x",
    "${y:-",
    "}",
    "$(",
    ")",
    "`",
    "\\`",
    "\\",
    "\\\n",
    "((",
    "))",
    "$((",
    "*",
    "[",
    "]",
    "{",
    ",",
    "<",
    ">",
    "<(",
    "<<E\n",
    "E\n",
    "if ",
    "then ",
    "fi ",
    "case x in ",
    "esac ",
    "é",
    "=",
    "x=(",
    "#",
    "&",
    "~",
    "[[ ",
];

/// A small generator that always gives the same row.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % limit
    }
}
