//! What is known by the store that the program carries, and by stores of some feeds and not of
//! others: a feed that is absent never takes another one's facts away.

use std::{fs, path::Path};

use serde_json::Value;

use crate::{
    bucket::zip,
    support::{Folder, repository},
};

/// A bill of materials of these packages on a distribution, as `debian 12`.
fn bill(distribution: &str, purls: &[&str]) -> String {
    let (name, version) = distribution.split_once(' ').unwrap();
    let components: Vec<String> = purls
        .iter()
        .map(|purl| {
            let plain = purl.split('?').next().unwrap();
            let (path, version) = plain.rsplit_once('@').unwrap();
            let name = path.rsplit('/').next().unwrap();
            format!(
                r#"{{"type": "library", "name": "{name}", "version": "{version}",
                "purl": "{purl}"}}"#
            )
        })
        .collect();
    format!(
        r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [
        {{"type": "operating-system", "name": "{name}", "version": "{version}"}}, {}]}}"#,
        components.join(", ")
    )
}

/// Ids of the faults of the packages, each with the package's name.
#[track_caller]
fn faults(folder: &Folder, options: &str, distribution: &str, purls: &[&str]) -> Vec<String> {
    folder.write("bill.json", bill(distribution, purls));
    let words = format!("image bill.json --format json --exit-zero {options}");
    let mut command = folder.command(&words);
    command.env("XDG_DATA_HOME", folder.path("home"));
    let answer = crate::support::Answer::new(&command.output().unwrap());
    let report: Value = answer.json();
    let faults = report["vulnerabilities"].as_array().unwrap();
    let mut res: Vec<String> = faults
        .iter()
        .map(|it| format!("{} {}", it["package"].as_str().unwrap(), it["id"].as_str().unwrap()))
        .collect();
    res.sort();
    res.dedup();
    res
}

#[test]
fn the_store_in_the_program_knows_what_is_known() {
    let folder = Folder::new(&[]);
    let purls = [
        "pkg:deb/debian/openssl@3.0.9-1?distro=debian-12",
        "pkg:npm/lodash@4.17.20",
        "pkg:golang/golang.org/x/crypto@v0.16.0",
        "pkg:npm/lodash@99.0.0",
    ];
    let found = faults(&folder, "", "debian 12", &purls);
    for fault in ["openssl CVE-2023-5363", "lodash CVE-2021-23337"] {
        assert!(found.contains(&fault.to_owned()), "{fault} is not in {found:?}");
    }
    let of_go: Vec<_> = found.iter().filter(|it| it.contains("crypto")).collect();
    assert!(of_go.iter().any(|it| it.ends_with(" CVE-2023-48795")), "{of_go:?}");
    assert_eq!(faults(&folder, "", "debian 12", &purls[3..]), [""; 0]);
}

#[test]
fn the_store_in_the_program_is_what_its_notice_says() {
    let folder = Folder::new(&[]);
    let path = repository().join("data/advisories.bin");
    let n_bytes = fs::metadata(&path).unwrap().len();
    assert!(n_bytes <= 10 << 20, "{n_bytes} bytes are much to carry");
    fs::copy(&path, folder.path("a.db")).unwrap();
    let status = folder.run("db status --db a.db --format json").expect(0).json();
    let database = &status["database"];
    assert_eq!(database["epss"], Value::Null, "likelihoods are of a day");
    let notice = fs::read_to_string(repository().join("data/NOTICE.md")).unwrap();
    for source in database["sources"].as_array().unwrap() {
        let word = |key: &str| source[key].as_str().unwrap();
        let line = notice.lines().find(|it| it.starts_with(&format!("| [{}](", word("name"))));
        let line = line.unwrap_or_else(|| panic!("{} is not in the notice", word("name")));
        for what in ["as_of", "licence", "attribution"] {
            assert!(line.contains(word(what)), "{what} of {line}");
        }
    }
}

pub(crate) fn feed_zip(folder: &Folder, ecosystem: &str, records: &[&str]) {
    let files: Vec<(String, String)> = records
        .iter()
        .enumerate()
        .map(|(number, it)| (format!("{number}.json"), (*it).to_owned()))
        .collect();
    let files: Vec<(String, &String)> = files.iter().map(|it| (it.0.clone(), &it.1)).collect();
    folder.write(&format!("feeds/{ecosystem}/all.zip"), zip(&files));
}

pub(crate) fn osv(id: &str, alias: &str, ecosystem: &str, name: &str, fixed: &str) -> String {
    let kind = if ecosystem == "Go" { "SEMVER" } else { "ECOSYSTEM" };
    format!(
        r#"{{"id": "{id}", "aliases": ["{alias}"], "modified": "2026-01-01T00:00:00Z", "affected":
        [{{"package": {{"ecosystem": "{ecosystem}", "name": "{name}"}}, "ranges": [{{"type":
        "{kind}", "events": [{{"introduced": "0"}}, {{"fixed": "{fixed}"}}]}}]}}]}}"#
    )
}

#[test]
fn the_bucket_alone_knows_the_faults_of_go() {
    let folder = Folder::new(&[]);
    let reviewed = osv("GO-2099-1", "CVE-2099-1", "Go", "example.org/a", "1.2.0");
    let other = osv("GHSA-2", "CVE-2099-2", "Go", "example.org/a", "1.5.0");
    let worse = osv("GHSA-1", "CVE-2099-1", "Go", "example.org/a", "9.0.0");
    feed_zip(&folder, "Go", &[&reviewed, &other, &worse]);
    folder.run("db build --from feeds --out a.db").expect(0);
    let asked = |version: &str| {
        let purl = format!("pkg:golang/example.org/a@v{version}");
        faults(&folder, "--db a.db", "debian 12", &[&purl])
    };
    let both = ["example.org/a CVE-2099-1", "example.org/a CVE-2099-2"];
    assert_eq!(asked("1.1.0"), both);
    assert_eq!(asked("1.4.0"), both);
    // With Go's own database, its range counts, and what it does not know is still known.
    folder.write("feeds/go-vulndb/data/osv/GO-2099-1.json", &reviewed);
    folder.run("db build --from feeds --out a.db").expect(0);
    assert_eq!(asked("1.1.0"), both);
    assert_eq!(asked("1.4.0"), both[1..]);
}

/// Of each feed that stands in for another: alone it speaks for all its releases; beside the other
/// one it speaks for those of which that one is silent.
#[test]
fn a_preferred_feed_takes_nothing_away_where_it_is_silent() {
    let alpine = |release: &str, fix: &str| {
        format!(
            r#"{{"distroversion": "v{release}", "packages": [{{"pkg": {{"name": "a", "secfixes":
            {{"{fix}": ["CVE-2099-1"]}}}}}}]}}"#
        )
    };
    let tracker = r#"{"a": {"CVE-2099-1": {"releases": {"bookworm": {"status": "resolved",
        "fixed_version": "1.0-1", "urgency": "low"}}}}}"#;
    let errata = r#"{"name": "RLSA-1", "cves": [{"name": "CVE-2099-1"}], "rpms": {"Rocky Linux 9":
        {"nvras": ["a-0:1.0-1.el9.x86_64.rpm"]}}}"#;
    let secdb = alpine("3.20", "1.0-r1");
    for (ecosystem, releases, kind, preferred, document) in [
        ("Debian", ["12", "9"], "deb/debian", "debian-tracker.json", tracker),
        ("Alpine", ["v3.20", "v3.19"], "apk/alpine", "alpine-secdb/v3.20/main.json", &secdb),
        ("Rocky Linux", ["9", "8"], "rpm/rocky", "rocky-errata/1.json", errata),
    ] {
        let folder = Folder::new(&[]);
        let records: Vec<String> = releases
            .iter()
            .map(|it| osv(&format!("X-{it}"), "CVE-2099-1", &format!("{ecosystem}:{it}"), "a", "9"))
            .collect();
        feed_zip(&folder, ecosystem, &records.iter().map(String::as_str).collect::<Vec<_>>());
        let asked = |release: &str| {
            let id = kind.split_once('/').unwrap().1;
            let purl = format!("pkg:{kind}/a@2.0");
            let release = release.trim_start_matches('v');
            faults(&folder, "--db a.db", &format!("{id} {release}"), &[&purl])
        };
        folder.run("db build --from feeds --out a.db").expect(0);
        for release in releases {
            assert_eq!(asked(release), ["a CVE-2099-1"], "{ecosystem} {release}, alone");
        }
        folder.write(&format!("feeds/{preferred}"), document);
        folder.run("db build --from feeds --out a.db").expect(0);
        assert_eq!(asked(releases[0]), [""; 0], "{ecosystem}: the preferred feed is believed");
        assert_eq!(asked(releases[1]), ["a CVE-2099-1"], "{ecosystem}: and silent here");
    }
}

#[test]
fn red_hats_states_tell_of_fixes_where_no_errata_are() {
    let folder = Folder::new(&[]);
    let state = r#"{"name": "CVE-2099-1", "affected_release": [{"cpe":
        "cpe:/o:redhat:enterprise_linux:9", "package": "a-0:1.0-1.el9"}]}"#;
    folder.write("feeds/red-hat-states/1.json", state);
    folder.run("db build --from feeds --out a.db").expect(0);
    let purl = ["pkg:rpm/redhat/a@0.9-1.el9"];
    assert_eq!(faults(&folder, "--db a.db", "rhel 9.4", &purl), ["a CVE-2099-1"]);
}

#[test]
fn what_cannot_be_read_is_named_and_the_old_store_stays() {
    let folder = Folder::new(&[]);
    feed_zip(&folder, "Go", &[&osv("GO-1", "CVE-2099-1", "Go", "example.org/a", "1.2.0")]);
    folder.run("db build --from feeds --out a.db").expect(0);
    let before = fs::read(folder.path("a.db")).unwrap();
    let unchanged = |why: &str| {
        assert!(fs::read(folder.path("a.db")).unwrap() == before, "{why}");
        assert!(!leaves_a_trace(&folder.path(".")), "{why}");
    };
    let torn = fs::read(folder.path("feeds/Go/all.zip")).unwrap();
    fs::write(folder.path("feeds/Go/all.zip"), &torn[..torn.len() / 2]).unwrap();
    let answer = folder.run("db build --from feeds --out a.db").expect(2);
    assert!(answer.err.contains("all.zip") && answer.err.contains("help: "), "{}", answer.err);
    unchanged("a torn archive");
    for from in ["absent.db", "feeds", "feeds/Go/all.zip"] {
        let answer = folder.run(&format!("db update --db a.db --from {from}")).expect(2);
        assert!(answer.err.contains(from) && answer.err.contains("help: "), "{}", answer.err);
        unchanged(from);
    }
    // A folder where the store should be can neither be read nor replaced.
    fs::create_dir(folder.path("b.db")).unwrap();
    for words in ["db status --db b.db", "db build --from feeds --out b.db"] {
        let answer = folder.run(words).expect(2);
        assert!(answer.err.contains(".db") || answer.err.contains("all.zip"), "{}", answer.err);
    }
    unchanged("a folder");
}

fn leaves_a_trace(folder: &Path) -> bool {
    let mut names = fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name());
    names.any(|it| it.to_string_lossy().contains(".new-"))
}
