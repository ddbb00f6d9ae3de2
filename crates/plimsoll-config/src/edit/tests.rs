//! Edits as tables: text, what is asked, text after; and as a property over generated texts.

#![expect(clippy::format_push_string, reason = "test texts are built for reading")]

use plimsoll_text::{Edit, Source, apply_edits};

use crate::{
    edit::{
        CommentAbove, Insert, Refusal, Value, delete_entry, delete_item, insert_key, push_item,
        rename_key, replace_scalar, set_key,
    },
    json::parse_json,
    tree::{Node, NodeKind, Path, Step, Tree, diff_paths, same_comments, same_value},
    yaml::parse_yaml,
};

fn parse(text: &str) -> Tree {
    let source = Source::new("x", text);
    if text.starts_with('{') && text.contains('"') {
        parse_json(&source)
    } else {
        parse_yaml(&source)
    }
}

fn apply(text: &str, edits: Result<Vec<Edit>, Refusal>) -> String {
    match edits {
        Ok(edits) => apply_edits(text, &edits).unwrap(),
        Err(refusal) => format!("refused: {}", refusal.why),
    }
}

/// Sets `keys` (the last of them a new or old key) and gives the new text.
fn set(text: &str, keys: &[&str], value: &Value, insert: Insert<'_>) -> String {
    let tree = parse(text);
    let (last, way) = keys.split_last().unwrap();
    let mapping = tree.root().unwrap().find(way).unwrap();
    let after = apply(text, set_key(&tree, mapping, last, value, insert));
    if !after.starts_with("refused") {
        assert!(parse(&after).is_clean(), "{after}\n{:?}", parse(&after).errors);
    }
    after
}

#[test]
fn keys_are_set_and_inserted_in_the_style_of_the_file() {
    let plain = Insert::default();
    let yes = Value::truth(true);
    let table: Vec<(&str, &[&str], Value, Insert<'_>, &str)> = vec![
        ("a: 1\nb: 2\n", &["a"], Value::number(3), plain, "a: 3\nb: 2\n"),
        ("a: '1' # c\n", &["a"], Value::text("it's"), plain, "a: 'it''s' # c\n"),
        ("a: \"1\"\n", &["a"], Value::text("x"), plain, "a: \"x\"\n"),
        ("a: x\n", &["a"], Value::text("yes"), plain, "a: \"yes\"\n"),
        ("a: x\n", &["a"], Value::text("22:22"), plain, "a: \"22:22\"\n"),
        ("a: x\n", &["a"], Value::text("a: b"), plain, "a: \"a: b\"\n"),
        ("a: x\n", &["a"], Value::text("a #b"), plain, "a: \"a #b\"\n"),
        ("a: x\n", &["a"], Value::text("no:w"), plain, "a: no:w\n"),
        ("[{a: x}]\n", &["0", "a"], Value::text("b,c"), plain, "[{a: \"b,c\"}]\n"),
        ("a:\n  b: 1\n", &["a", "c"], yes.clone(), plain, "a:\n  b: 1\n  c: true\n"),
        ("a:\n  b: 1", &["a", "c"], yes.clone(), plain, "a:\n  b: 1\n  c: true"),
        ("a:\r\n  b: 1\r\n", &["a", "c"], yes.clone(), plain, "a:\r\n  b: 1\r\n  c: true\r\n"),
        (
            "a:\n    b: 1 # one\n    # about d\n    d:\n    - x\n\ne: 1\n",
            &["a", "c"],
            Value::texts(["x", "w"]),
            Insert { after: Some("b"), comment: Some("why") },
            "a:\n    b: 1 # one\n    c: # why\n    - x\n    - w\n    # about d\n    d:\n    - x\n\ne: 1\n",
        ),
        (
            "a:\n  b: 1\n  # last\n\n# next\nz: 1\n",
            &["a", "c"],
            Value::map([
                ("d", Value::map([("e", Value::texts(["f"]))])),
                ("g", Value::Seq(vec![])),
            ]),
            plain,
            "a:\n  b: 1\n  c:\n    d:\n      e:\n        - f\n    g: []\n  # last\n\n# next\nz: 1\n",
        ),
        (
            "- a: 1\n- b: |\n    x\n\n    y\n\n- c: 1\n",
            &["1", "d"],
            Value::Seq(vec![Value::map([("p", yes.clone()), ("q", Value::number(1))])]),
            plain,
            "- a: 1\n- b: |\n    x\n\n    y\n  d:\n    - p: true\n      q: 1\n\n- c: 1\n",
        ),
        ("a:\nb: 1\n", &["a"], Value::texts(["x"]), plain, "a:\n  - x\nb: 1\n"),
        ("a: # c\nb: 1\n", &["a"], Value::texts(["x"]), plain, "a: # c\n  - x\nb: 1\n"),
        ("a: x\nb: 1\n", &["a"], Value::map([("c", yes.clone())]), plain, "a:\n  c: true\nb: 1\n"),
        ("a:\n- x\n- y\nb: 1\n", &["a"], yes.clone(), plain, "a: true\nb: 1\n"),
    ];
    for (text, keys, value, insert, expected) in table {
        assert_eq!(set(text, keys, &value, insert), expected, "{text}");
    }
}

#[test]
fn keys_are_inserted_between_brackets() {
    let plain = Insert::default();
    let yes = Value::truth(true);
    let table: Vec<(&str, &[&str], Value, Insert<'_>, &str)> = vec![
        ("a: {b: 1}\n", &["a", "c"], Value::texts(["ALL"]), plain, "a: {b: 1, c: [ALL]}\n"),
        ("a: { b: 1 }\n", &["a", "c"], yes.clone(), plain, "a: { b: 1, c: true }\n"),
        ("a: {}\n", &["a", "c"], yes.clone(), plain, "a: {c: true}\n"),
        (
            "a: {\n  b: 1, # one\n  d: 2 # two\n}\n",
            &["a", "c"],
            yes.clone(),
            plain,
            "a: {\n  b: 1, # one\n  d: 2, # two\n  c: true\n}\n",
        ),
        (
            "a: {\n  b: 1, d: 2 # two\n}\n",
            &["a", "c"],
            yes.clone(),
            Insert { after: Some("b"), comment: None },
            "a: {\n  b: 1, c: true, d: 2 # two\n}\n",
        ),
        ("{}\n", &["a"], yes.clone(), plain, "{a: true}\n"),
        ("{\"a\": 1}", &["b"], Value::text("x"), plain, "{\"a\": 1, \"b\": \"x\"}"),
        (
            "{\n\t\"a\": 1\n}\n",
            &["b"],
            Value::map([("c", Value::texts(["d"]))]),
            plain,
            "{\n\t\"a\": 1,\n\t\"b\": {\n\t\t\"c\": [\n\t\t\t\"d\"\n\t\t]\n\t}\n}\n",
        ),
        (
            "{\n  \"a\": {},\n  \"b\": 1\n}\n",
            &["a", "c"],
            Value::number(1),
            plain,
            "{\n  \"a\": {\n    \"c\": 1\n  },\n  \"b\": 1\n}\n",
        ),
        (
            "{\n  \"a\": 1,\n  \"b\": 1\n}\n",
            &["c"],
            Value::number(1),
            Insert { after: Some("a"), comment: None },
            "{\n  \"a\": 1,\n  \"c\": 1,\n  \"b\": 1\n}\n",
        ),
    ];
    for (text, keys, value, insert, expected) in table {
        assert_eq!(set(text, keys, &value, insert), expected, "{text}");
    }
}

#[test]
fn what_would_change_more_than_asked_is_refused() {
    let insert = Insert::default();
    let table: Vec<(&str, &[&str], &str)> = vec![
        ("a: &x {b: 1}\nc: *x\n", &["a", "b"], "in several places"),
        ("a: &x {b: 1}\nc: *x\n", &["c"], "alias"),
        ("a: &x {b: 1}\nc: *x\n", &["c", "b"], "in several places"),
        ("a: &x\n  b: 1\nc:\n  <<: *x\n  d: 1\n", &["c", "b"], "merge key"),
        ("a: &x 1\nc: *x\n", &["a"], "in several places"),
        ("a: !reset 1\n", &["a"], "tag"),
        ("a: x\nb: [\n", &["a"], "error in its structure"),
        ("a:\n  b: |+\n    x\n\n", &["a", "c"], "blank lines"),
    ];
    for (text, keys, why) in table {
        let tree = parse(text);
        let (last, way) = keys.split_last().unwrap();
        let mapping = tree.root().unwrap().find(way).unwrap();
        let res = set_key(&tree, mapping, last, &Value::number(5), insert);
        let refusal = res.expect_err(text);
        assert!(refusal.why.contains(why), "{text}: {}", refusal.why);
    }
    // An anchor that nothing uses is no obstacle.
    assert_eq!(set("a: &x 1\n", &["a"], &Value::number(2), insert), "a: &x 2\n");
}

#[test]
fn items_are_pushed() {
    let table = [
        ("a:\n- x # c\n# end\nb: 1\n", "a:\n- x # c\n- new # why\n# end\nb: 1\n"),
        ("a:\n  -   x\n", "a:\n  -   x\n  -   new # why\n"),
        ("a: [x]\n", "a: [x, new]\n"),
        ("a: []\n", "a: [new]\n"),
        ("a: [x,]\n", "a: [x, new,]\n"),
        ("a: [\n  x,\n]\n", "a: [\n  x,\n  new,\n]\n"),
        ("a:\n  - b: 1\n    c: 2\n", "a:\n  - b: 1\n    c: 2\n  - new # why\n"),
        ("{\n  \"a\": [\n    1\n  ]\n}", "{\n  \"a\": [\n    1,\n    \"new\"\n  ]\n}"),
        ("{\"a\": []}", "{\"a\": [\"new\"]}"),
    ];
    for (text, expected) in table {
        let tree = parse(text);
        let list = tree.root().unwrap().get("a").unwrap();
        let after = apply(text, push_item(&tree, list, &Value::text("new"), Some("why")));
        assert_eq!(after, expected, "{text}");
    }
}

#[test]
fn entries_and_items_are_deleted_with_their_lines() {
    use CommentAbove::{Delete, Keep};
    let table = [
        ("a: 1\nb: 2 # two\nc: 3\n", Keep, "a: 1\nc: 3\n"),
        ("a: 1\n# about b\nb:\n  - x\n\nc: 3\n", Keep, "a: 1\n# about b\n\nc: 3\n"),
        ("a: 1\n# about b\n# more\nb: 2\nc: 3\n", Delete, "a: 1\nc: 3\n"),
        ("a: 1\nb:\n  # inside\n  - x\n", Keep, "refused: comments stand inside of it"),
        ("b: 1", Keep, "{}"),
        ("{a: 1, b: 2, c: 3}", Keep, "{a: 1, c: 3}"),
        ("{a: 1, b: 2}", Keep, "{a: 1}"),
        ("{b: 2, }", Keep, "{ }"),
        ("{\n  \"a\": 1,\n  \"b\": 2\n}", Keep, "{\n  \"a\": 1\n}"),
        ("{\n  \"b\": 1,\n  \"a\": 2\n}", Keep, "{\n  \"a\": 2\n}"),
    ];
    for (text, above, expected) in table {
        let tree = parse(text);
        let after = apply(text, delete_entry(&tree, tree.root().unwrap(), "b", above));
        assert_eq!(after, expected, "{text}");
    }
    let items = [
        ("- a\n- b # x\n- c\n", "- a\n- c\n"),
        ("- - a\n  - b\n- c\n", "- - a\n  - b\n"),
        ("[a, b]", "[a]"),
    ];
    for (text, expected) in items {
        let tree = parse(text);
        let after = apply(text, delete_item(&tree, tree.root().unwrap(), 1, Keep));
        assert_eq!(after, expected, "{text}");
    }
}

#[test]
fn the_first_and_the_only_element_of_a_nested_value_can_go() {
    let table: [(&str, &[&str], &str); 5] = [
        ("x:\n  b: 1 # c\ny: 1\n", &["x"], "x: {}\ny: 1\n"),
        ("- b: 1\n  c: 2\n- d\n", &["0"], "- c: 2\n- d\n"),
        ("- b: 1 # one\n  # two\n  c: 2\n", &["0"], "- \n  # two\n  c: 2\n"),
        ("- b: 1\n- d\n", &["0"], "- {}\n- d\n"),
        ("x:\n  # keep\n  b: 1\n", &["x"], "x: {}\n  # keep\n"),
    ];
    for (text, way, expected) in table {
        let tree = parse(text);
        let mapping = tree.root().unwrap().find(way).unwrap();
        let after = apply(text, delete_entry(&tree, mapping, "b", CommentAbove::Keep));
        assert_eq!(after, expected, "{text}");
        assert!(parse(&after).is_clean(), "{after}");
    }
}

#[test]
fn keys_are_renamed() {
    let table = [
        ("a: 1 # c\n", "b: 1 # c\n"),
        ("\"a\": 1\n", "\"b\": 1\n"),
        ("a: 1\nb: 2\n", "refused: the key `b` is there already"),
        ("{\"a\": 1}", "{\"b\": 1}"),
    ];
    for (text, expected) in table {
        let tree = parse(text);
        assert_eq!(apply(text, rename_key(&tree, tree.root().unwrap(), "a", "b")), expected);
    }
}

#[test]
fn every_edit_of_generated_texts_changes_what_it_says_and_nothing_else() {
    let mut seed = Random(7);
    for round in 0..400 {
        let mut text = String::new();
        if round % 2 == 0 {
            write_mapping(&mut seed, &mut text, 0, 3);
        } else {
            let step = 2 + seed.below(2) * 2;
            text.push_str("# head\nroot:\n");
            write_mapping(&mut seed, &mut text, step, 3);
        }
        let tree = parse_yaml(&Source::new("x", text.as_str()));
        assert!(tree.is_clean(), "{text}\n{:?}", tree.errors);
        let mut paths = Vec::new();
        collect_paths(tree.root().unwrap(), &mut Vec::new(), &mut paths);
        for path in paths {
            try_edits(&text, &tree, &path);
        }
    }
}

fn try_edits(text: &str, tree: &Tree, path: &Path) {
    let root = tree.root().unwrap();
    let node = root.at(path).unwrap();
    let with = |step: Step| path.iter().cloned().chain([step]).collect::<Path>();
    match &node.kind {
        NodeKind::Mapping(entries) => {
            let value = Value::map([("k", Value::texts(["v", "w: x"])), ("l", Value::text("no"))]);
            let edits = insert_key(tree, node, "new", &value, Insert::default());
            check(text, tree, edits, &with(Step::Key("new".into())), true);
            let first = entries[0].key.as_str().unwrap();
            let insert = Insert { after: Some(first), comment: None };
            let edits = insert_key(tree, node, "new", &Value::number(1), insert);
            check(text, tree, edits, &with(Step::Key("new".into())), true);
            for entry in entries {
                let key = entry.key.as_str().unwrap();
                let edits = delete_entry(tree, node, key, CommentAbove::Keep);
                check(text, tree, edits, &with(Step::Key(key.into())), false);
            }
        }
        NodeKind::Sequence(items) => {
            let edits = push_item(tree, node, &Value::text("- x"), None);
            check(text, tree, edits, &with(Step::Index(items.len())), true);
        }
        NodeKind::Scalar { .. } => {
            let edits = replace_scalar(tree, node, &Value::text("new: {value} # 'x'"));
            check(text, tree, edits, path, true);
        }
        _ => {}
    }
}

/// Applies the edits and proves that only `path` says something else.
fn check(text: &str, tree: &Tree, edits: Result<Vec<Edit>, Refusal>, path: &Path, comments: bool) {
    let Ok(edits) = edits else { return };
    let after = apply_edits(text, &edits).unwrap();
    let new = parse_yaml(&Source::new("x", after.as_str()));
    assert!(new.is_clean(), "{text}\n----\n{after}\n{:?}", new.errors);
    let found = diff_paths(tree.root().unwrap(), new.root().unwrap());
    assert_eq!(found, std::slice::from_ref(path), "{text}\n----\n{after}");
    assert!(!comments || same_comments(tree, &new), "{text}\n----\n{after}");
    assert!(!same_value(tree.root().unwrap(), new.root().unwrap()));
}

fn collect_paths(node: &Node, path: &mut Path, res: &mut Vec<Path>) {
    res.push(path.clone());
    for entry in node.own_entries() {
        path.push(Step::Key(entry.key.as_str().unwrap().to_owned()));
        collect_paths(&entry.value, path, res);
        path.pop();
    }
    for (index, item) in node.items().iter().enumerate() {
        path.push(Step::Index(index));
        collect_paths(item, path, res);
        path.pop();
    }
}

/// Writes a block mapping of random shape; comments and blank lines fall between its lines.
fn write_mapping(seed: &mut Random, text: &mut String, indent: usize, depth: usize) {
    let pad = " ".repeat(indent);
    for idx in 0..=seed.below(3) {
        if seed.below(4) == 0 {
            *text += &format!("{pad}# above {idx}\n");
        }
        *text += &format!("{pad}key{idx}:");
        let tail = if seed.below(4) == 0 { " # tail" } else { "" };
        match seed.below(if depth == 0 { 6 } else { 9 }) {
            0 => *text += &format!(" plain text{tail}\n"),
            1 => *text += &format!(" 'single ''quoted'''{tail}\n"),
            2 => *text += &format!(" \"double \\\" # quoted\"{tail}\n"),
            3 => *text += &format!(" [a, {{b: c}}, \"d\"]{tail}\n"),
            4 => *text += &format!(" |\n{pad}  first\n{pad}    # no comment\n\n{pad}  last\n\n"),
            5 => *text += &format!(" plain\n{pad}  on two lines{tail}\n"),
            6 | 7 => {
                *text += &format!("{tail}\n");
                write_mapping(seed, text, indent + 2, depth - 1);
            }
            _ => {
                *text += &format!("{tail}\n");
                for item in 0..=seed.below(2) {
                    *text += &format!("{pad}- item {item}{tail}\n");
                }
            }
        }
    }
}

/// A small generator, so that every run sees the same texts.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}
