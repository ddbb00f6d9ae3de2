//! Scripts go by the exit code.

use crate::support::{CLEAN, Folder, ROOT};

#[test]
fn codes_say_how_it_went() {
    let folder = Folder::new(&[("clean/Dockerfile", CLEAN), ("root/Dockerfile", ROOT)]);
    folder.write("empty/notes.txt", "nothing");
    folder.write("dangling.txt", "nothing");
    let table = [
        ("scan clean", 0),
        ("lint clean/Dockerfile", 0),
        ("scan root", 1),
        ("scan", 1),
        ("scan root --exit-zero", 0),
        ("scan root --fail-on critical", 0),
        ("scan root --fail-on never", 0),
        ("scan root --ignore root-user", 0),
        ("scan root --select latest-tag", 0),
        ("scan empty", 3),
        ("scan nowhere", 2),
        ("scan --no-such-flag", 2),
        ("scan --select no-such-rule", 2),
        ("scan --config nowhere.toml", 2),
        ("lint -", 2),
        ("explain DL3006", 0),
        ("explain no-such-rule", 2),
        ("", 2),
    ];
    for (words, code) in table {
        let answer = folder.run(words);
        assert_eq!(answer.code, code, "`{words}`: {answer:?}");
    }
}

#[test]
fn what_cannot_be_done_is_said_with_what_to_do() {
    let folder = Folder::new(&[("Dockerfile", CLEAN), ("notes.txt", "x")]);
    let table = [
        ("scan nowhere", "`nowhere` does not exist", "help: "),
        ("scan --fromat json", "--fromat", "--format"),
        ("scan --select root-usr", "`root-usr`", "did you mean `root-user`?"),
        ("lint -", "standard input", "--as dockerfile"),
        ("explain DL9999", "`DL9999`", "help: "),
        ("report --import nowhere.sarif", "nowhere.sarif", "help: "),
        ("scan --baseline nowhere.json", "nowhere.json", "help: "),
    ];
    for (words, what, help) in table {
        let answer = folder.run(words);
        assert_eq!(answer.code, 2, "{words}: {answer:?}");
        assert!(answer.err.contains(what) && answer.err.contains(help), "{words}: {answer:?}");
        assert!(answer.out.is_empty(), "{words}: {answer:?}");
    }
    let nothing = folder.run("scan notes.txt").expect(3);
    assert!(nothing.out.contains("--as"), "{nothing:?}");
    let empty = Folder::new(&[]).run("scan").expect(3);
    assert!(empty.out.contains("nothing was judged"), "{empty:?}");
}

#[test]
fn standard_input_is_judged_as_what_it_is_said_to_be() {
    let folder = Folder::new(&[]);
    let root = folder.feed("lint - --as dockerfile --format json", ROOT).expect(1);
    assert_eq!(root.findings(), ["root-user open -:3"]);
    folder.feed("lint - --as dockerfile", CLEAN).expect(0);
    let compose = "services:\n  db:\n    image: example.com/db:1\n    privileged: true\n";
    let compose = folder.feed("lint - --as compose --format json", compose).expect(1);
    let found = compose.findings();
    assert!(found.contains(&String::from("privileged-service open -:4")), "{found:?}");
}
