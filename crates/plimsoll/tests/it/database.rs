//! `db`: a store is built, renewed, described, and outlives whatever stops its renewal.

use std::{fs, process::Command};

use crate::{
    bucket::{Bucket, Manners, zip},
    support::{Answer, Folder},
};

fn update(folder: &Folder, bucket: &Bucket) -> Answer {
    folder.run(&words(bucket))
}

pub(crate) fn words(bucket: &Bucket) -> String {
    let url = &bucket.url;
    format!("db update --db a.db --feed osv-npm --base osv={url} --timeout 1 --retries 0")
}

/// Records of the source, and statements of the partition.
#[track_caller]
pub(crate) fn counts(folder: &Folder) -> (u64, u64) {
    let status = folder.run("db status --db a.db --format json").expect(0).json();
    let database = &status["database"];
    let rows = database["partitions"][0]["rows"].as_u64().unwrap_or(0);
    (database["sources"][0]["records"].as_u64().unwrap(), rows)
}

pub(crate) fn leftovers(folder: &Folder) -> Vec<String> {
    let entries = fs::read_dir(folder.path(".")).unwrap();
    let names = entries.map(|it| it.unwrap().file_name().into_string().unwrap());
    names.filter(|it| it.contains(".new-")).collect()
}

#[test]
fn an_update_fetches_all_then_nothing_then_what_changed() {
    let (folder, bucket) = (Folder::new(&[]), Bucket::new());
    bucket.put("A-1", 1, "1.0.0");
    bucket.put("A-2", 2, "1.0.0");
    update(&folder, &bucket).expect(0);
    assert_eq!(bucket.log(), ["200 /npm/modified_id.csv", "200 /npm/all.zip"]);
    assert_eq!(counts(&folder), (2, 2));

    let before = fs::read(folder.path("a.db")).unwrap();
    let same = update(&folder, &bucket).expect(0);
    assert_eq!(bucket.log(), ["304 /npm/modified_id.csv"]);
    assert!(same.out.contains("nothing new"), "{}", same.out);
    assert!(fs::read(folder.path("a.db")).unwrap() == before);

    bucket.put("A-3", 3, "2.0.0");
    update(&folder, &bucket).expect(0);
    let log = bucket.log();
    assert!(log.contains(&"200 /npm/A-3.json".to_owned()), "{log:?}");
    assert!(!log.iter().any(|it| it.ends_with("all.zip")), "{log:?}");
    assert_eq!(counts(&folder), (3, 3));

    bucket.withdraw("A-1", 4);
    update(&folder, &bucket).expect(0);
    assert_eq!(counts(&folder), (3, 2), "the withdrawn record says nothing");
    assert_eq!(leftovers(&folder), [""; 0]);
}

#[test]
fn a_server_that_misbehaves_changes_nothing_and_is_named() {
    let (folder, bucket) = (Folder::new(&[]), Bucket::new());
    bucket.put("A-1", 1, "1.0.0");
    update(&folder, &bucket).expect(0);
    let before = fs::read(folder.path("a.db")).unwrap();
    fs::remove_file(folder.path("a.db.state")).unwrap();
    for number in 2..20 {
        bucket.put(&format!("A-{number}"), number, "1.0.0");
    }
    for manners in [Manners::Stall, Manners::Drop, Manners::Lie, Manners::Half, Manners::Broken] {
        bucket.behave(manners);
        let answer = update(&folder, &bucket);
        assert_eq!(answer.code, 2, "{manners:?}: {answer:?}");
        assert!(answer.err.contains(&bucket.url), "{manners:?}: {}", answer.err);
        assert!(answer.err.contains("help: "), "{manners:?}: {}", answer.err);
        assert!(fs::read(folder.path("a.db")).unwrap() == before, "{manners:?}");
        assert_eq!(leftovers(&folder), [""; 0], "{manners:?}");
    }
    bucket.behave(Manners::Good);
    update(&folder, &bucket).expect(0);
    assert_eq!(counts(&folder), (19, 19));
}

#[test]
fn offline_and_nonsense_are_refused_with_words() {
    let (folder, bucket) = (Folder::new(&[("b.db", "no store")]), Bucket::new());
    let offline = folder.run(&format!("{} --offline", words(&bucket))).expect(2);
    assert!(offline.err.contains("offline") && offline.err.contains("--from"), "{}", offline.err);
    assert_eq!(bucket.log(), [""; 0]);
    let foreign = folder.run("db update --db a.db --from b.db").expect(2);
    assert!(foreign.err.contains("not an advisory store"), "{}", foreign.err);
    let status = folder.run("db status --db b.db").expect(2);
    assert!(status.err.contains("plimsoll db update"), "{}", status.err);
    folder.run("db update --db a.db --base else=http://127.0.0.1").expect(2);
    folder.run("db update --db a.db --base nonsense").expect(2);
    folder.run("db build --from . --out a.db").expect(2);
    assert!(!folder.path("a.db").exists());
}

#[test]
fn a_built_store_is_the_same_each_time_and_can_be_carried_along() {
    let folder = Folder::new(&[]);
    let record = r#"{"id": "A-1", "modified": "2026-01-02T00:00:00Z", "affected":
        [{"package": {"ecosystem": "npm", "name": "p"}, "versions": ["1.0.0"]}]}"#;
    folder.write("feeds/npm/all.zip", zip(&[("A-1.json".to_owned(), &record.to_owned())]));
    folder.write(
        "feeds/known-exploited.json",
        r#"{"dateReleased": "2026-01-03T00:00:00Z",
        "vulnerabilities": [{"cveID": "CVE-2099-1", "dateAdded": "2026-01-01"}]}"#,
    );
    for out in ["a.db", "b.db"] {
        folder.run(&format!("db build --from feeds --out {out}")).expect(0);
    }
    let beside = fs::read_dir(folder.path(".")).unwrap();
    let n_beside = beside.filter(|it| it.as_ref().unwrap().file_name() != "feeds").count();
    assert_eq!(n_beside, 2, "nothing is left but the two stores");
    let store = fs::read(folder.path("a.db")).unwrap();
    assert!(store == fs::read(folder.path("b.db")).unwrap());
    folder.run("db build --from feeds --out packed.bin --packed").expect(0);
    fs::remove_file(folder.path("a.db")).unwrap();
    folder.run("db update --db a.db --from packed.bin").expect(0);
    assert!(store == fs::read(folder.path("a.db")).unwrap(), "unpacked, it is the same");
    let status = folder.run("db status --db a.db --format json").expect(0).json();
    assert_eq!(status["database"]["sources"].as_array().unwrap().len(), 2);
    assert_eq!(status["database"]["known_exploited"], "2026-01-03");
    assert_eq!(status["database"]["as_of"], "2026-01-02");
}

#[test]
fn what_an_update_leaves_alone_is_said() {
    let (folder, bucket) = (Folder::new(&[]), Bucket::new());
    bucket.put("A-1", 1, "1.0.0");
    // Of the bucket only npm is here, and no other feed: nothing else may be asked for.
    let url = &bucket.url;
    let feeds = "--feed osv-npm --feed osv-pypi --feed alpine-secdb";
    let base = format!("--base osv={url} --base alpine-secdb={url}/alpine");
    let options = "--timeout 5 --retries 0";
    let partly = format!("db update --db a.db {feeds} {base} {options}");
    let answer = folder.run(&partly).expect(2);
    assert!(answer.err.contains("/alpine`") && answer.err.contains("0 of its"), "{}", answer.err);
    let feeds = "--feed osv-npm --feed osv-pypi";
    let partly = format!("db update --db a.db {feeds} {base} {options}");
    let answer = folder.run(&partly).expect(0);
    assert!(answer.out.contains("osv-pypi: its server does not have it"), "{}", answer.out);
    assert!(answer.out.contains("osv-npm: 1 records"), "{}", answer.out);
    assert_eq!(counts(&folder), (1, 1));
    let nothing = format!("db update --db b.db --feed osv-pypi {base} {options}");
    let answer = folder.run(&nothing).expect(2);
    assert!(answer.err.contains("no feed is there"), "{}", answer.err);
    assert!(!folder.path("b.db").exists());
}

#[test]
fn a_full_disk_leaves_the_old_store_and_says_so() {
    let (folder, bucket) = (Folder::new(&[]), Bucket::new());
    bucket.put("A-1", 1, "1.0.0");
    update(&folder, &bucket).expect(0);
    let before = fs::read(folder.path("a.db")).unwrap();
    for number in 2..40 {
        bucket.put(&format!("A-{number}"), number, "1.0.0");
    }
    // No file may grow beyond one block, and the program is told so instead of being killed.
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"";
    let mut command = Command::new("sh");
    command.arg("-c").arg(script).arg(env!("CARGO_BIN_EXE_plimsoll"));
    command.args(words(&bucket).split_whitespace()).current_dir(folder.path("."));
    let answer = Answer::new(&command.output().unwrap()).expect(2);
    assert!(answer.err.contains("help: "), "{}", answer.err);
    assert!(fs::read(folder.path("a.db")).unwrap() == before);
    assert_eq!(leftovers(&folder), [""; 0]);
}
