//! Any text reads as YAML and as JSON, and every span of the tree lies in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_config::{
    json::parse_json,
    tree::{Node, Tree},
    yaml::parse_yaml,
};
use plimsoll_text::Source;

fuzz_target!(|text: &str| {
    let source = Source::new("text", text);
    check(&parse_yaml(&source), text);
    check(&parse_json(&source), text);
});

fn check(tree: &Tree, text: &str) {
    for document in &tree.documents {
        walk(&document.root, text);
    }
    for comment in &tree.comments {
        // JSON has no comments; the reader keeps those that people write all the same.
        let comment = &text[comment.span.range()];
        assert!(["#", "//", "/*"].iter().any(|it| comment.starts_with(it)));
    }
}

fn walk(node: &Node, text: &str) {
    assert!(text.get(node.span.range()).is_some());
    for entry in node.own_entries() {
        walk(&entry.key, text);
        walk(&entry.value, text);
    }
    node.items().iter().for_each(|it| walk(it, text));
}
