//! The file of a snapshot.

use std::{fs, os::unix::fs::PermissionsExt as _};

use plimsoll_probe::{Error, load, save};

use crate::engine::{Reply, healthy, id, snapshot};

fn hide(name: &str, value: &str) -> String {
    if name == "DB_PASSWORD" { "masked".to_owned() } else { value.to_owned() }
}

#[test]
fn a_saved_snapshot_holds_all_but_secrets_and_is_its_owners_alone() {
    let collected = snapshot(|path| {
        if path.starts_with("/containers/0") {
            Reply::Says(200, r#"{"Config": {"Env": ["DB_PASSWORD=hunter2", "A=b"]}}"#.to_owned())
        } else {
            healthy(path, &["a"])
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("snapshot.json");
    fs::write(&path, "older").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    save(&path, &collected, hide).unwrap();
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert!(!fs::read_to_string(&path).unwrap().contains("hunter2"));
    let loaded = load(&path).unwrap();
    let container = format!("/containers/{}/json", id("a"));
    let masked = r#"{"Config": {"Env": ["DB_PASSWORD=masked", "A=b"]}}"#;
    assert_eq!(loaded.answer(&container).had(), Some(&masked));
    assert_eq!(loaded.answer("/info"), collected.answer("/info"));
    assert_eq!(loaded.taken_at, 7);
}

#[test]
fn what_is_no_snapshot_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("newer"), r#"{"format": 2}"#).unwrap();
    fs::write(at("damaged"), r#"{"format": 1, "#).unwrap();
    std::os::unix::fs::symlink(at("newer"), at("link")).unwrap();
    for (name, part) in [("newer", "format 2"), ("damaged", "damaged"), ("none", "No such file")] {
        let error = load(&at(name)).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
        assert!(!error.hint().is_empty());
    }
    let collected = snapshot(|path| healthy(path, &[]));
    let error = save(&at("link"), &collected, hide).unwrap_err();
    assert!(matches!(error, Error::NotAFile { .. }));
    assert_eq!(fs::read_to_string(at("newer")).unwrap(), r#"{"format": 2}"#);
}
