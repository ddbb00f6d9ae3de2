//! What the program says of itself, and what it writes for a team that starts.

use crate::support::{CLEAN, Folder};

#[test]
fn rules_are_listed_and_explained() {
    let folder = Folder::new(&[]);
    let rules = folder.run("rules --format json").expect(0).json();
    let rules = rules.as_array().unwrap();
    assert!(rules.len() > 100);
    for rule in rules.iter().take(20) {
        let id = rule["id"].as_str().unwrap();
        let answer = folder.run(&format!("explain {id}")).expect(0);
        assert!(answer.out.starts_with(id), "{answer:?}");
        assert!(answer.out.contains(rule["title"].as_str().unwrap()), "{answer:?}");
    }
    for name in ["DL3006", "hadolint:DL3006", "untagged-base-image"] {
        let answer = folder.run(&format!("explain {name}")).expect(0);
        assert!(answer.out.starts_with("untagged-base-image"), "{answer:?}");
    }
    let answer = folder.run("explain untaged-base-image").expect(2);
    assert!(answer.err.contains("did you mean `untagged-base-image`?"), "{answer:?}");
    for format in ["human", "markdown"] {
        let answer = folder.run(&format!("rules --format {format}")).expect(0);
        assert!(answer.out.contains("untagged-base-image"), "{format}");
    }
}

#[test]
fn shells_and_man_are_served() {
    let folder = Folder::new(&[]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let answer = folder.run(&format!("completions {shell}")).expect(0);
        assert!(answer.out.contains("plimsoll"), "{shell}");
    }
    assert!(folder.run("man").expect(0).out.starts_with(".ie"));
    for words in ["--version", "--help", "help scan", "scan --help"] {
        assert!(folder.run(words).expect(0).out.contains("plimsoll"), "{words}");
    }
}

#[test]
fn what_init_writes_works_and_is_kept() {
    let folder = Folder::new(&[("Dockerfile", CLEAN)]);
    let first = folder.run("init").expect(0);
    assert_eq!(first.out.lines().filter(|it| it.starts_with("written")).count(), 4, "{first:?}");
    let workflow = folder.read(".github/workflows/plimsoll.yml");
    for line in workflow.lines().filter(|it| it.contains("uses:")) {
        let commit = line.split(['@', ' ']).find(|it| it.len() == 40);
        assert!(commit.is_some_and(|it| it.bytes().all(|it| it.is_ascii_hexdigit())), "{line}");
    }
    // Our own rules find nothing in what we write, however strict.
    let strict = folder.run("scan --strict --select all --format json").findings();
    let ours: Vec<&String> = strict.iter().filter(|it| it.contains("plimsoll")).collect();
    assert!(ours.is_empty(), "{ours:?}");
    folder.run("lint").expect(0);

    folder.write("plimsoll.toml", "fail-on = \"high\"\n");
    let second = folder.run("init").expect(0);
    assert_eq!(second.out.lines().filter(|it| it.starts_with("kept")).count(), 4, "{second:?}");
    assert_eq!(folder.read("plimsoll.toml"), "fail-on = \"high\"\n");
    folder.run("init --force").expect(0);
    assert_ne!(folder.read("plimsoll.toml"), "fail-on = \"high\"\n");
}

#[test]
fn check_lists_name_rules_that_are_there() {
    let unknown = plimsoll_report::checklist::unknown_rule_ids(&plimsoll_engine::all_rules());
    assert!(unknown.is_empty(), "{unknown:?}");
}
