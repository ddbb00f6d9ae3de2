//! Files with several names: caches of packages and makers of images link them, and what counts may
//! be a name that comes without content.

use serde_json::Value;

use crate::{
    saved_image::{Tar, docker_save},
    support::{Answer, Folder},
};

const STATUS: &str = "Package: openssl\nStatus: install ok installed\nArchitecture: amd64\n\
                      Version: 3.0.0-1\nMaintainer: A <a@example.org>\nDescription: x\n\n";
const RELEASE: &str = "ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n";

fn module(name: &str) -> String {
    format!(r#"{{"name": "{name}", "version": "1.0.0"}}"#)
}

fn judge(target: &str, folder: &Folder) -> Answer {
    let words = "--offline --no-cache --no-config --format json";
    folder.run(&format!("image {words} --no-vulnerabilities {target}"))
}

fn packages(answer: &Answer) -> Vec<String> {
    let report = answer.json();
    let word = |it: &Value| it.as_str().unwrap().to_owned();
    let all = report["packages"].as_array().unwrap();
    all.iter().map(|it| format!("{} at {}", word(&it["name"]), word(&it["path"]))).collect()
}

/// The units with gaps, without what was left out because it was asked for.
fn gaps(answer: &Answer) -> Vec<String> {
    let report = answer.json();
    let all = report["coverage"].as_array().unwrap();
    let gaps = all.iter().filter(|it| it["state"] == "partial");
    gaps.map(|it| format!("{}: {}", it["unit"], it["why"])).collect()
}

fn linked_layer() -> Vec<u8> {
    Tar::default()
        .file("etc/os-release", RELEASE)
        .file("cache/01", STATUS)
        .file("cache/02", module("left-pad"))
        .hard_link("cache/03", "cache/02")
        .hard_link("var/lib/dpkg/status", "cache/01")
        .hard_link("srv/node_modules/left-pad/package.json", "cache/03")
        .end()
}

#[test]
fn a_database_that_is_another_name_of_a_file_is_read() {
    let found =
        ["left-pad at srv/node_modules/left-pad/package.json", "openssl at var/lib/dpkg/status"];
    let folder = Folder::new(&[]);
    folder.write("image.tar", docker_save(&[linked_layer()]));
    let answer = judge("archive:image.tar", &folder);
    let mut names = packages(&answer);
    names.sort();
    assert_eq!(names, found);
    assert!(gaps(&answer).is_empty(), "{:?}", gaps(&answer));

    // As a stream, which can only be read from its beginning.
    folder.write("layer.tar", linked_layer());
    let mut gzip = std::process::Command::new("gzip");
    assert!(gzip.arg(folder.path("layer.tar")).status().unwrap().success());
    let packed = std::fs::read(folder.path("layer.tar.gz")).unwrap();
    folder.write("packed.tar", docker_save(&[packed]));
    let mut names = packages(&judge("archive:packed.tar", &folder));
    names.sort();
    assert_eq!(names, found);
}

#[test]
fn a_folder_with_linked_files_says_the_same() {
    let folder = Folder::new(&[
        ("root/etc/os-release", RELEASE),
        ("root/cache/01", STATUS),
        ("root/var/lib/dpkg/x", ""),
    ]);
    std::fs::hard_link(folder.path("root/cache/01"), folder.path("root/var/lib/dpkg/status"))
        .unwrap();
    assert_eq!(packages(&judge("dir:root", &folder)), ["openssl at var/lib/dpkg/status"]);
}

#[test]
fn a_name_that_outlives_the_one_with_the_content_counts() {
    let lower = Tar::default()
        .file("etc/os-release", RELEASE)
        .file("srv/a/node_modules/left-pad/package.json", module("left-pad"))
        .hard_link(
            "srv/b/node_modules/left-pad/package.json",
            "srv/a/node_modules/left-pad/package.json",
        )
        .end();
    let upper = Tar::default().file("srv/.wh.a", "").end();
    let folder = Folder::new(&[]);
    folder.write("image.tar", docker_save(&[lower, upper]));
    let answer = judge("archive:image.tar", &folder);
    assert_eq!(packages(&answer), ["left-pad at srv/b/node_modules/left-pad/package.json"]);
}

#[test]
fn a_link_into_another_layer_is_a_gap_and_never_silence() {
    let lower = Tar::default().file("etc/os-release", RELEASE).file("cache/01", STATUS).end();
    let upper = Tar::default().hard_link("var/lib/dpkg/status", "cache/01").end();
    let folder = Folder::new(&[]);
    folder.write("image.tar", docker_save(&[lower, upper]));
    let gaps = gaps(&judge("archive:image.tar", &folder));
    let told = gaps.iter().any(|it| it.contains("var/lib/dpkg/status") && it.contains("cache/01"));
    assert!(told, "{gaps:?}");
}
