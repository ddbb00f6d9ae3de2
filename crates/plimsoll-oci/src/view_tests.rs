//! What users of the merged view rely on: it shows what an overlay of the layers would show.

use std::collections::BTreeMap;

use proptest::prelude::{ProptestConfig, Strategy, any, prop, proptest};

use crate::{Entry, EntryId, EntryKind, Fate, GapKind, LayerEntries, View};

fn entry(path: &str, kind: EntryKind, size: u64) -> Entry {
    Entry {
        path: path.to_owned(),
        kind,
        size,
        mode: 0o644,
        user: 1,
        group: 2,
        modified: 3,
        has_capabilities: false,
    }
}

/// A layer from words: `d/` a folder, `-x` a whiteout, `!d` an opaque folder, `l->t` a symbolic
/// link, `l=>t` a hard link, `new<~old` a renamed folder, all else a file of ten bytes.
fn layer(words: &str) -> LayerEntries {
    let mut res = LayerEntries::new();
    for word in words.split_whitespace() {
        let kind_of = |path: &str, kind| entry(path, kind, 0);
        let entry = if let Some((path, from)) = word.split_once("<~") {
            res.push_redirect(path, from);
            kind_of(path, EntryKind::Directory)
        } else if let Some((path, target)) = word.split_once("->") {
            kind_of(path, EntryKind::SymbolicLink(target.to_owned()))
        } else if let Some((path, target)) = word.split_once("=>") {
            kind_of(path, EntryKind::HardLink(target.to_owned()))
        } else if let Some(path) = word.strip_prefix('-') {
            kind_of(path, EntryKind::Whiteout)
        } else if let Some(path) = word.strip_prefix('!') {
            kind_of(path, EntryKind::Opaque)
        } else if let Some(path) = word.strip_suffix('/') {
            kind_of(path, EntryKind::Directory)
        } else {
            entry(word, EntryKind::File, 10)
        };
        res.push(&entry);
    }
    res
}

fn view(layers: &[&str]) -> View {
    View::merge(layers.iter().map(|it| layer(it)))
}

/// What is to be seen, as `path@layer` in order.
fn seen(view: &View) -> String {
    let ids = view.visible().map(|it| (view.path(it).unwrap(), it.layer));
    let mut ids: Vec<_> = ids.collect();
    ids.sort_unstable();
    let words: Vec<_> = ids.into_iter().map(|(path, layer)| format!("{path}@{layer}")).collect();
    words.join(" ")
}

#[test]
fn layers_cover_each_other() {
    let cases: &[(&[&str], &str)] = &[
        (&["a b", "b c"], "a@0 b@1 c@1"),
        (&["a a"], "a@0"),
        (&["d/ d/x d/y", "-d/x"], "d@0 d/y@0"),
        (&["d/ d/x d/e/y", "-d"], ""),
        (&["d/ d/x", "-d d/ d/new"], "d@1 d/new@1"),
        // In its own layer, a whiteout hides nothing, whatever the order.
        (&["d/ d/x d/y", "d/ d/new -d"], "d@1 d/new@1"),
        (&["d/ d/x", "d/new -d"], "d/new@1"),
        (&["x", "x -x"], "x@1"),
        (&["d/ d/x d/e/ d/e/y", "d/ !d d/e/ d/e/new"], "d@1 d/e@1 d/e/new@1"),
        (&["d/ d/x d/e/ d/e/y", "d/e/new d/ !d"], "d@1 d/e/new@1"),
        (&["d/ d/e/x", "d/e/f/new !d/e !d"], "d@0 d/e/f/new@1"),
        (&["a b/c", "!"], ""),
        (&["d/ d/x", "d"], "d@1"),
        (&["d", "d/ d/x"], "d@1 d/x@1"),
        (&["d", "d/x"], "d/x@1"),
        (&["d/ d/x", "d", "d/ d/y"], "d@2 d/y@2"),
        (&["x", "-x", "x"], "x@2"),
        (&["", "-x -d/x !d", "x"], "x@2"),
        (&["d/x", "d/", "d/y"], "d@1 d/x@0 d/y@2"),
    ];
    for (layers, expected) in cases {
        assert_eq!(seen(&view(layers)), *expected, "{layers:?}");
    }
}

#[test]
fn links_in_a_path_are_followed_within_the_root() {
    let cases: &[(&[&str], &str)] = &[
        (&["usr/lib/ lib->usr/lib", "lib/x"], "lib@0 usr/lib@0 usr/lib/x@1"),
        (&["usr/lib/ lib->/usr/lib", "lib/x"], "lib@0 usr/lib@0 usr/lib/x@1"),
        (&["usr/lib/x lib->../../../usr/lib", "-lib/x"], "lib@0"),
        (&["usr/lib/x lib->usr/lib", "lib/x"], "lib@0 usr/lib/x@1"),
        (&["usr/lib/x lib->usr/lib", "!lib"], "lib@0"),
        // What names the link itself replaces it.
        (&["usr/lib/x lib->usr/lib", "lib/ lib/y"], "lib@1 lib/y@1 usr/lib/x@0"),
        (&["usr/lib/x lib->usr/lib", "-lib"], "usr/lib/x@0"),
        (&["lib->usr/lib lib/x"], "lib@0 usr/lib/x@0"),
        (&["a->b b->c c/ c/d->.. ", "a/d/e/x"], "a@0 b@0 c@0 c/d@0 e/x@1"),
        // The folder before the link is remembered only while it is right.
        (&["lib/ lib/x", "lib->y lib/z"], "lib@1 y/z@1"),
        (&["y/ lib->y lib/x lib/ lib/z"], "lib@0 lib/z@0 y@0 y/x@0"),
    ];
    for (layers, expected) in cases {
        let view = view(layers);
        assert_eq!(seen(&view), *expected, "{layers:?}");
        assert_eq!(view.gaps(), [], "{layers:?}");
    }
}

#[test]
fn links_that_lead_nowhere_do_not_hide_anything() {
    for layers in [&["a->b b->a", "a/x"][..], &["a->a a/x"], &["f a->f a/x"]] {
        let view = view(layers);
        assert!(view.at("a/x").is_some(), "{layers:?}");
        assert_eq!(view.gaps()[0].kind, GapKind::Unsupported);
    }
    assert!(view(&["f a->f a/x"]).at("f").is_some());
}

#[test]
fn paths_are_resolved_as_a_process_would() {
    let view = view(&["usr/bin/python3 bin->usr/bin loop->loop abs->/bin up->../../../usr d/e/"]);
    let cases = [
        ("bin/python3", Some("usr/bin/python3")),
        ("/bin//./python3", Some("usr/bin/python3")),
        ("abs/python3", Some("usr/bin/python3")),
        ("up/bin", Some("usr/bin")),
        ("bin", Some("usr/bin")),
        ("bin/..", Some("usr")),
        ("../..", Some("")),
        ("loop", None),
        ("loop/x", None),
        ("usr/bin/python3/x", None),
        ("usr/bin/python3/..", None),
        ("nothing", None),
    ];
    for (path, expected) in cases {
        assert_eq!(view.resolve(path).as_deref(), expected, "{path}");
    }
    assert_eq!(view.open("abs/python3"), view.at("usr/bin/python3"));
    assert_eq!(view.at("bin/python3"), None);
    assert_eq!(view.names(""), ["abs", "bin", "d", "loop", "up", "usr"]);
    assert_eq!(view.names("bin"), ["python3"]);
}

#[test]
fn what_became_of_every_entry_is_known() {
    let view = view(&["a b c d/x keep", "b -c d", "-keep"]);
    let fate = |layer, index| view.fate(EntryId { layer, index });
    assert_eq!(fate(0, 0), Fate::Visible);
    assert_eq!(fate(0, 1), Fate::Overwritten { by: 1 });
    assert_eq!(fate(0, 2), Fate::Deleted { by: 1 });
    assert_eq!(fate(0, 3), Fate::Overwritten { by: 1 });
    assert_eq!(fate(0, 4), Fate::Deleted { by: 2 });
    assert_eq!(fate(1, 1), Fate::Marker);
    assert_eq!([0, 1, 2].map(|it| view.wasted_bytes(it)), [40, 0, 0]);
    assert_eq!(view.hidden().count(), 4);
    let deleted = view.entry(EntryId { layer: 0, index: 2 }).unwrap();
    assert_eq!(deleted, entry("c", EntryKind::File, 10));
    assert_eq!(view.fate(EntryId { layer: 7, index: 0 }), Fate::Marker);
}

#[test]
fn hard_links_keep_content_that_lost_its_name() {
    let view = view(&["a dir/b", "c=>a d=>c", "-a", "e=>c f=>nothing g=>dir"]);
    let id = |path: &str| view.at(path).unwrap();
    let first = EntryId { layer: 0, index: 0 };
    for path in ["c", "d", "e"] {
        assert_eq!(view.content(id(path)), Some(first), "{path}");
    }
    assert_eq!(view.fate(first), Fate::Linked(id("c")));
    assert_eq!(view.wasted_bytes(0), 0);
    assert_eq!(view.content(id("f")), None);
    assert_eq!(view.gaps().iter().filter(|it| it.kind == GapKind::Missing).count(), 2);
}

#[test]
fn renamed_folders_show_their_lower_content() {
    let view = view(&["old/ old/x old/sub/y new/ new/z", "new<~old -old new/sub/w -new/x"]);
    assert_eq!(seen(&view), "new@1 new/sub/w@1 new/sub/y@0");
    assert_eq!(view.fate(EntryId { layer: 0, index: 1 }), Fate::Deleted { by: 1 });
    // Inside of itself, it is copied once.
    let view = super::view_tests::view(&["a/ a/x", "a/b<~a", "a/b/c<~a"]);
    assert!(view.at("a/b/c/b/x").is_some());
    assert_eq!(super::view_tests::view(&["", "a<~nothing"]).gaps()[0].kind, GapKind::Missing);
}

#[test]
fn entries_that_cannot_be_are_told() {
    let mut odd = LayerEntries::new();
    odd.push(&entry("", EntryKind::File, 3));
    odd.push(&entry("", EntryKind::Directory, 0));
    let view = View::merge([odd]);
    assert_eq!(view.gaps().len(), 1);
    assert_eq!(view.at(""), Some(EntryId { layer: 0, index: 1 }));
}

#[test]
fn half_a_million_entries_fit_in_100_megabytes() {
    let mut entries = LayerEntries::new();
    for folder in 0..10_000 {
        let parent = format!("usr/lib/python3/dist-packages/package_{}/m{folder}", folder % 100);
        entries.push(&entry(&parent, EntryKind::Directory, 0));
        for file in 0..49 {
            let path = format!("{parent}/some_module_name_{file}.py");
            entries.push(&entry(&path, EntryKind::File, 1));
        }
    }
    assert_eq!(entries.len(), 500_000);
    let view = View::merge([entries]);
    assert!(view.n_bytes() < 100_000_000, "{}", view.n_bytes());
    assert_eq!(view.visible().count(), 500_000);
}

#[test]
fn hostile_orders_are_not_slow() {
    // Each of these would take minutes if an entry could make all others be walked again.
    let mut entries = LayerEntries::new();
    let mut lower = LayerEntries::new();
    lower.push(&entry("l", EntryKind::SymbolicLink("d/".repeat(200)), 0));
    for n in 0..8_000 {
        lower.push(&entry(&format!("d/{n}"), EntryKind::File, 0));
        entries.push(&entry(&format!("d/e{n}"), EntryKind::File, 0));
        entries.push(&entry("d", EntryKind::Opaque, 0));
        entries.push(&entry("d", EntryKind::Whiteout, 0));
        entries.push(&entry(&format!("l/{n}/x"), EntryKind::File, 0));
    }
    let view = View::merge([lower, entries]);
    assert!(view.at("d/e7").is_some() && view.at("d/7").is_none());
}

/// The same in the plainest way: a map of paths, walked whole for every entry.
fn plain_view(layers: &[Vec<(String, EntryKind)>]) -> BTreeMap<String, (usize, usize)> {
    let mut map: BTreeMap<String, (usize, usize, bool)> = BTreeMap::new();
    for (layer, entries) in layers.iter().enumerate() {
        for (index, (path, kind)) in entries.iter().enumerate() {
            let below = format!("{path}/");
            match kind {
                EntryKind::Whiteout => {
                    map.retain(|it, old| old.0 == layer || !(it == path || it.starts_with(&below)));
                    continue;
                }
                EntryKind::Opaque => {
                    map.retain(|it, old| old.0 == layer || !it.starts_with(&below));
                    continue;
                }
                EntryKind::Directory => {}
                _ => map.retain(|it, _| !it.starts_with(&below)),
            }
            // A file in the way of a folder is gone.
            for (at, _) in path.match_indices('/') {
                if map.get(&path[..at]).is_some_and(|it| !it.2) {
                    map.remove(&path[..at]);
                }
            }
            map.insert(path.clone(), (layer, index, *kind == EntryKind::Directory));
        }
    }
    map.into_iter().map(|(path, (layer, index, _))| (path, (layer, index))).collect()
}

fn layers() -> impl Strategy<Value = Vec<Vec<(String, EntryKind)>>> {
    let kind = any::<u8>().prop_map(|it| match it % 8 {
        0 => EntryKind::Whiteout,
        1 => EntryKind::Opaque,
        2..=4 => EntryKind::Directory,
        _ => EntryKind::File,
    });
    let entry = ("[abc](/[abc]){0,3}", kind);
    prop::collection::vec(prop::collection::vec(entry, 0..12), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn the_view_agrees_with_the_plainest_one(layers in layers()) {
        let merged = View::merge(layers.iter().map(|entries| {
            let mut res = LayerEntries::new();
            for (path, kind) in entries {
                res.push(&entry(path, kind.clone(), 0));
            }
            res
        }));
        let seen: BTreeMap<String, (usize, usize)> = merged
            .visible()
            .map(|it| (merged.path(it).unwrap(), (usize::from(it.layer), it.index as usize)))
            .collect();
        assert_eq!(seen, plain_view(&layers));
    }
}
