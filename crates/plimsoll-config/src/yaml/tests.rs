//! YAML texts and what they say; hostile texts and that they do no harm.

#![expect(clippy::format_push_string, reason = "test texts are built for reading")]

use plimsoll_text::Source;

use crate::{
    tree::{
        ErrorKind, Layout, MAX_DEPTH, Node, NodeKind, ScalarStyle, ScalarType, Step, Tree,
        comment_texts, diff_paths, same_value,
    },
    yaml::parse_yaml,
};

fn parse(text: &str) -> Tree {
    parse_yaml(&Source::new("x.yaml", text))
}

/// The tree in a short notation, for tables.
fn show(node: &Node) -> String {
    match &node.kind {
        NodeKind::Null => "~".to_owned(),
        NodeKind::Scalar { value, .. } => format!("{value:?}"),
        NodeKind::Alias { name, .. } => format!("*{name}"),
        NodeKind::Sequence(items) => {
            format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(" "))
        }
        NodeKind::Mapping(entries) => {
            let entry = |it: &crate::tree::Entry| format!("{}={}", show(&it.key), show(&it.value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(" "))
        }
    }
}

#[test]
fn texts_say_what_the_specification_says() {
    let table = [
        ("a: 1\nb:\n- x\n-  y\nc:\n  - z\n", r#"{"a"="1" "b"=["x" "y"] "c"=["z"]}"#),
        ("- - a\n  - b\n- c: d\n  e:\n-\n  f: g\n", r#"[["a" "b"] {"c"="d" "e"=~} {"f"="g"}]"#),
        ("a: b c # d\n", r#"{"a"="b c"}"#),
        ("a: b#c\n", r#"{"a"="b#c"}"#),
        ("a: http://x:80/#y\n", r#"{"a"="http://x:80/#y"}"#),
        ("a: one\n  two\n\n  three\nb: 1\n", r#"{"a"="one two\nthree" "b"="1"}"#),
        ("a: \"x\\n\\u00e9\\\n   y\n  z\"\n", "{\"a\"=\"x\\néy z\"}"),
        ("a: 'it''s\n\n  so'\n", r#"{"a"="it's\nso"}"#),
        ("a: |\n  x\n   y\n\n  z\n\nb: 1\n", r#"{"a"="x\n y\n\nz\n" "b"="1"}"#),
        ("a: |-\n  x\n\n", r#"{"a"="x"}"#),
        ("a: |+\n  x\n\n", r#"{"a"="x\n\n"}"#),
        ("a: |2\n    x\n", r#"{"a"="  x\n"}"#),
        ("a: |\n  x", r#"{"a"="x"}"#),
        ("a: >\n  x\n  y\n\n  z\n    w\n  v\n", r#"{"a"="x y\nz\n  w\nv\n"}"#),
        ("a: > # c\n\n  x\n", r#"{"a"="\nx\n"}"#),
        ("[a, 'b', {c: d, \"e\":f, g}, h: i, ]", r#"["a" "b" {"c"="d" "e"="f" "g"=~} {"h"="i"}]"#),
        ("{a: [\n  b, # c\n  d\n]}", r#"{"a"=["b" "d"]}"#),
        ("? a\n: b\n? [c]\n: - d\n", r#"{"a"="b" ["c"]=["d"]}"#),
        ("\"a b\": 1\n'c': 2\n*x : 3\n", r#"{"a b"="1" "c"="2" *x="3"}"#),
        ("a: &x !t\n  b: c\nd: *x\n", r#"{"a"={"b"="c"} "d"=*x}"#),
        ("&k a: b\n!!str c: &v d\n", r#"{"a"="b" "c"="d"}"#),
        ("a:\r\n  - b\r\n  - \"c\r\n    d\"\r\n", r#"{"a"=["b" "c d"]}"#),
        ("\u{FEFF}a: b\n", r#"{"a"="b"}"#),
        ("%YAML 1.1\n---\na: b\n...\n", r#"{"a"="b"}"#),
        ("--- text\n", r#""text""#),
        ("a: -1\nb: - c\n", ""),
        ("a: -b\nc: ?d\ne: :f\n", r#"{"a"="-b" "c"="?d" "e"=":f"}"#),
        ("a: !reset []\nb: !override\n  - c\n", r#"{"a"=[] "b"=["c"]}"#),
        ("# only a comment\n", ""),
    ];
    for (text, expected) in table {
        let tree = parse(text);
        let shown = if tree.errors.iter().any(|it| it.kind == ErrorKind::Syntax) {
            String::new()
        } else {
            tree.root().map(show).unwrap_or_default()
        };
        assert_eq!(shown, expected, "{text}\n{:?}", tree.errors);
    }
}

#[test]
fn every_span_slices_back_to_its_text() {
    let text = "a: &x one  # c\n\"b\": 'two'  \nc:\n  - |  # h\n    t\n\n    u\n\n  - [d,  e ]\n  - f\n    g\n  - !t {h: i}\nj: *x\n";
    let tree = parse(text);
    assert!(tree.is_clean(), "{:?}", tree.errors);
    let root = tree.root().unwrap();
    let table: [(&[&str], &str); 8] = [
        (&["a"], "one"),
        (&["b"], "'two'"),
        (&["c", "0"], "|  # h\n    t\n\n    u"),
        (&["c", "1"], "[d,  e ]"),
        (&["c", "1", "1"], "e"),
        (&["c", "2"], "f\n    g"),
        (&["c", "3"], "{h: i}"),
        (&["j"], "*x"),
    ];
    for (path, expected) in table {
        assert_eq!(tree.source.slice(root.find(path).unwrap().span), expected);
    }
    assert_eq!(tree.source.slice(root.get("a").unwrap().outer_span()), "&x one");
    assert_eq!(root.find(&["c", "3"]).unwrap().tag_text(), Some("!t"));
    assert_eq!(root.get("c").unwrap().layout, Layout::Block);
    assert_eq!(root.find(&["c", "1"]).unwrap().layout, Layout::Flow);
    assert_eq!(comment_texts(&tree), ["# c", "# h"]);
    assert_eq!(tree.source.slice(root.get_entry("b").unwrap().span()), "\"b\": 'two'");
    let style = |it: &Node| match &it.kind {
        NodeKind::Scalar { style, .. } => Some(*style),
        _ => None,
    };
    assert_eq!(style(&root.get_entry("b").unwrap().key), Some(ScalarStyle::DoubleQuoted));
    assert_eq!(style(root.find(&["c", "0"]).unwrap()), Some(ScalarStyle::Literal));
}

#[test]
fn merge_keys_and_aliases_are_followed() {
    let text = "x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz:\n  <<: [*x, *y]\n  a: 0\nw: {<<: *x, \"<<\": 5}\nv: *x\n";
    let tree = parse(text);
    let root = tree.root().unwrap();
    let z = root.get("z").unwrap();
    assert_eq!(z.get("a").unwrap().as_i64(), Some(0));
    assert_eq!(z.get("b").unwrap().as_i64(), Some(2));
    assert_eq!(z.get("c").unwrap().as_i64(), Some(4));
    let keys: Vec<_> = z.entries().iter().filter_map(|it| it.key.as_str()).collect();
    assert_eq!(keys, ["a", "b", "c"]);
    assert!(z.own_entry("b").is_none());
    assert_eq!(root.find(&["v", "b"]).unwrap().as_i64(), Some(2));
    assert!(root.get("v").unwrap().resolved().is(root.get("x").unwrap()));
    // What is written twice is told, and a quoted `<<` is a key like any other.
    assert_eq!(tree.errors.len(), 1);
    assert_eq!(tree.errors[0].kind, ErrorKind::DuplicateKey);
}

#[test]
fn scalars_have_types() {
    let text = "a: true\nb: 'true'\nc: yes\nd: 0o17\ne: ~\nf:\ng: 1.5\nh: !!str 5\ni: 5\n";
    let tree = parse(text);
    let root = tree.root().unwrap();
    let get = |key: &str| root.get(key).unwrap();
    assert_eq!(get("a").as_bool(), Some(true));
    assert_eq!((get("b").as_bool(), get("b").as_str()), (None, Some("true")));
    assert_eq!((get("c").as_bool(), get("c").as_bool_word()), (None, Some(true)));
    assert_eq!(get("d").as_i64(), Some(15));
    assert!(get("e").is_null() && get("f").is_null() && get("e").as_str().is_none());
    assert_eq!((get("g").as_f64(), get("i").as_f64()), (Some(1.5), Some(5.0)));
    assert_eq!(get("h").scalar_type(), Some(ScalarType::String));
    assert_eq!((get("i").as_string(), get("i").as_str()), (None, Some("5")));
}

#[test]
fn an_error_costs_the_rest_of_its_document_only() {
    let table = [
        ("a: 1\nb: [x\n---\nc: 2\n", "[", "not closed"),
        ("a: 1\nb: c: d\n---\nc: 2\n", ": d", "`:` is not expected"),
        ("a: 1\n  b: 2\n---\nc: 2\n", ": 2", "`:` is not expected"),
        ("a: 1\nb:\n\tc: 1\n---\nc: 2\n", "\t", "tab"),
        ("a: 1\nb: \"x\n---\nc: 2\n", "\"", "quote"),
        ("a: 1\nb: @x\n---\nc: 2\n", "@x", "quoted"),
        ("a: 1\nnonsense\n---\nc: 2\n", "nonsense", "`:` is missing"),
        ("a: 1\n- b\n---\nc: 2\n", "- b", "list item"),
        ("a: 1\nb:\n   c: 1\n  d: 2\n---\nc: 2\n", "d: 2", "indentation"),
        ("a: 1\nb: \"\\q\"\n---\nc: 2\n", "\\q", "escape"),
        ("a: 1\nb: [x}\n---\nc: 2\n", "}", "closing bracket"),
        ("a: 1\nb: - c\n---\nc: 2\n", "- c", "list"),
        ("a: 1\n&\n---\nc: 2\n", "&", "name"),
    ];
    for (text, place, message) in table {
        let tree = parse(text);
        assert_eq!(tree.errors.len(), 1, "{text}: {:?}", tree.errors);
        let error = &tree.errors[0];
        assert_eq!(tree.source.slice(error.span), place, "{text}: {}", error.message);
        assert!(error.message.contains(message), "{text}: {}", error.message);
        assert!(tree.is_broken());
        assert_eq!(tree.documents.len(), 2, "{text}");
        assert!(tree.documents[0].truncated);
        assert!(tree.root().unwrap().get("a").is_some(), "{text}");
        assert_eq!(tree.documents[1].root.get("c").unwrap().as_i64(), Some(2), "{text}");
    }
}

#[test]
fn light_errors_leave_the_rest_to_be_read() {
    let tree = parse("a: 1\na: 2\nb: *none\nc: 3\n");
    let kinds: Vec<_> = tree.errors.iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [ErrorKind::Alias, ErrorKind::DuplicateKey]);
    assert!(!tree.is_broken() && !tree.is_clean());
    assert_eq!(tree.root().unwrap().get("c").unwrap().as_i64(), Some(3));
    assert_eq!(tree.root().unwrap().get("a").unwrap().as_i64(), Some(2));
}

#[test]
fn differences_are_named_by_their_paths() {
    let before = parse("a: {b: [1, 2, 3], c: x}\nd: &d 1\ne: *d\n");
    let after = parse("e: 1\na:\n  c: 'x'\n  b: [1, 9, 2, 3]\nd: 2\n");
    let found = diff_paths(before.root().unwrap(), after.root().unwrap());
    let key = |it: &str| Step::Key(it.to_owned());
    assert_eq!(found, [vec![key("a"), key("b"), Step::Index(1)], vec![key("d")]]);
    assert!(!same_value(parse("1").root().unwrap(), parse("'1'").root().unwrap()));
    assert!(!same_value(parse("!a x").root().unwrap(), parse("x").root().unwrap()));
}

#[test]
fn hostile_texts_reach_limits_not_the_stack() {
    let deep = [
        "[".repeat(200_000),
        "- ".repeat(200_000),
        "{a: ".repeat(100_000),
        "? ".repeat(100_000),
        "&a ".repeat(100_000),
        (0..5_000).fold(String::new(), |res, it| res + &" ".repeat(it) + "k:\n"),
    ];
    for text in deep {
        let tree = parse(&text);
        assert!(tree.is_broken(), "{}", &text[..20]);
        drop(tree);
    }
    let flat = format!("[{}]", "a, ".repeat(200_000));
    assert_eq!(parse(&flat).root().unwrap().items().len(), 200_000);
    let exact = format!("{}{}", "[".repeat(MAX_DEPTH - 1), "]".repeat(MAX_DEPTH - 1));
    assert!(parse(&exact).is_clean());
}

#[test]
fn alias_bombs_do_not_go_off() {
    let mut bomb = "a0: &a0 [x, x]\n".to_owned();
    for idx in 1..40 {
        let parts = vec![format!("*a{}", idx - 1); 9].join(", ");
        bomb += &format!("a{idx}: &a{idx} [{parts}]\n");
    }
    let tree = parse(&bomb);
    assert!(tree.errors.iter().any(|it| it.kind == ErrorKind::Limit));
    // A walk through every alias comes to an end.
    assert!(same_value(tree.root().unwrap(), parse(&bomb).root().unwrap()));
    let mut chain = "- &a0 x\n".to_owned();
    for idx in 1..50_000 {
        chain += &format!("- &a{idx} [*a{}]\n", idx - 1);
    }
    let tree = parse(&chain);
    assert!(tree.errors.iter().any(|it| it.kind == ErrorKind::Limit));
    drop(tree);
    let merges = format!("a: &a {{x: 1}}\nb:\n{}", "  <<: *a\n".repeat(1_000));
    assert_eq!(parse(&merges).root().unwrap().get("b").unwrap().entries().len(), 1);
}

#[test]
fn random_texts_never_panic_and_spans_stay_inside() {
    let pieces = [
        "a", ": ", ":", "- ", "-", "\n", "\n  ", "\n    ", "[", "]", "{", "}", ",", "&a", "*a",
        "!t ", "|", ">", "|-\n", "'", "\"", "\\", "#", " #", "\t", "---\n", "...\n", "? ", "%",
        "é", "\r\n", "\r", "<<: *a", "\u{FEFF}", "\0", "0", "~", "@",
    ];
    let mut seed = 1_u64;
    let mut next = |limit: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(seed >> 33).unwrap() % limit
    };
    for _ in 0..20_000 {
        let n_pieces = next(14);
        let text: String = (0..n_pieces).map(|_| pieces[next(pieces.len())]).collect();
        let tree = parse(&text);
        for document in &tree.documents {
            check_spans(&tree, &document.root);
        }
        for error in &tree.errors {
            assert!(text.get(error.span.range()).is_some(), "{text:?} {error:?}");
        }
        for comment in &tree.comments {
            assert!(tree.source.slice(comment.span).starts_with('#'), "{text:?}");
        }
    }
}

fn check_spans(tree: &Tree, node: &Node) {
    let text = tree.source.text();
    assert!(text.get(node.span.range()).is_some(), "{text:?} {node:?}");
    for entry in node.own_entries() {
        check_spans(tree, &entry.key);
        check_spans(tree, &entry.value);
        assert!(entry.colon.is_none_or(|it| text.as_bytes()[it] == b':'));
    }
    if let NodeKind::Sequence(items) = &node.kind {
        for dash in &node.dashes {
            assert_eq!(text.as_bytes()[*dash], b'-');
        }
        for item in items {
            check_spans(tree, item);
        }
    }
}
