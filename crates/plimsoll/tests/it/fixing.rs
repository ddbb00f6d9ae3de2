//! `fix` shows, and writes only when told; what it did not mean to change stays as it was.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{PermissionsExt as _, symlink},
};

use crate::support::Folder;

const BEFORE: &str = "FROM scratch\n# the port\nEXPOSE 8080/TCP\nUSER 10001\n";
const AFTER: &str = "FROM scratch\n# the port\nEXPOSE 8080/tcp\nUSER 10001\n";
const SELECT: &str = "--select capital-in-port-protocol";

#[test]
fn a_diff_is_shown_and_nothing_written() {
    let folder = Folder::new(&[("Dockerfile", BEFORE)]);
    let answer = folder.run(&format!("fix {SELECT}")).expect(0);
    assert!(answer.out.contains("-EXPOSE 8080/TCP"), "{answer:?}");
    assert!(answer.out.contains("+EXPOSE 8080/tcp"), "{answer:?}");
    assert!(answer.out.contains("--write"), "{answer:?}");
    assert_eq!(folder.read("Dockerfile"), BEFORE);
}

#[test]
fn what_is_written_keeps_mode_line_ends_and_the_missing_one() {
    let ends = |text: &str| text.replace('\n', "\r\n").trim_end().to_owned();
    let folder = Folder::new(&[("Dockerfile", &ends(BEFORE))]);
    fs::set_permissions(folder.path("Dockerfile"), Permissions::from_mode(0o640)).unwrap();
    let answer = folder.run(&format!("fix --write --format json {SELECT}")).expect(0).json();
    assert_eq!(answer["applied"][0]["rule"], "capital-in-port-protocol");
    assert_eq!(folder.read("Dockerfile"), ends(AFTER));
    let mode = fs::metadata(folder.path("Dockerfile")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_eq!(fs::read_dir(folder.path(".")).unwrap().count(), 1);

    let again = folder.run(&format!("fix --write --format json {SELECT}")).expect(0).json();
    assert_eq!(again["applied"].as_array().unwrap().len(), 0);
    assert_eq!(folder.read("Dockerfile"), ends(AFTER));
}

#[test]
fn a_link_is_not_written_through() {
    let folder = Folder::new(&[("precious", BEFORE)]);
    fs::create_dir(folder.path("app")).unwrap();
    symlink("../precious", folder.path("app/Dockerfile")).unwrap();
    let _ = folder.run(&format!("fix --write {SELECT} app/Dockerfile"));
    assert_eq!(folder.read("precious"), BEFORE);
    assert!(fs::symlink_metadata(folder.path("app/Dockerfile")).unwrap().is_symlink());
}

#[test]
fn one_file_that_cannot_be_written_does_not_keep_the_others() {
    let folder = Folder::new(&[("precious", BEFORE), ("b/Dockerfile", BEFORE)]);
    fs::create_dir(folder.path("a")).unwrap();
    symlink("../precious", folder.path("a/Dockerfile")).unwrap();
    let answer = folder.run(&format!("fix --write {SELECT} a/Dockerfile b/Dockerfile")).expect(2);
    assert!(answer.err.contains("a/Dockerfile"), "{answer:?}");
    assert_eq!(folder.read("precious"), BEFORE);
    assert_eq!(folder.read("b/Dockerfile"), AFTER);
}
