//! The program is killed at any point of what it writes, two hundred times in all. The next run is
//! right.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    advisories::{feed_zip, osv},
    bucket::Bucket,
    database::{counts, leftovers, words},
    support::{Answer, Folder},
};

/// Moments without pattern that are the same in each run.
struct Moments {
    state: u64,
    /// How long the whole of the work takes here.
    whole: Duration,
}

impl Moments {
    fn new(seed: u64, whole: Duration) -> Self {
        Self { state: seed, whole }
    }

    /// From the first moment of the work to a little after its last.
    fn next(&mut self) -> Duration {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let part = u32::try_from((self.state >> 33) % 1_100).unwrap();
        self.whole * part / 1_000
    }
}

/// Starts the program and kills it after a while.
fn kill_after(mut command: Command, moment: Duration) {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    thread::sleep(moment);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// What is left of an update must be a store that can be used, the old one or the new one, and the
/// next update must bring the rest.
#[test]
fn a_killed_update_leaves_the_old_store_or_the_new_one() {
    let (folder, bucket) = (Folder::new(&[]), Bucket::new());
    bucket.put("A-0", 1, "1.0.0");
    let begin = Instant::now();
    folder.run(&words(&bucket)).expect(0);
    let mut moments = Moments::new(7, begin.elapsed());
    let mut done = 1;
    for number in 1..=80_u64 {
        bucket.put(&format!("A-{number}"), 2 + u32::try_from(number / 4).unwrap(), "1.0.0");
        kill_after(folder.command(&words(&bucket)), moments.next());
        if number % 4 == 0 {
            let (records, rows) = counts(&folder);
            assert_eq!(records, rows, "a store of two halves");
            assert!((done..=number + 1).contains(&records), "{records} of {number}");
            let begin = Instant::now();
            folder.run(&words(&bucket)).expect(0);
            moments.whole = begin.elapsed();
            assert_eq!(counts(&folder), (number + 1, number + 1));
            done = number + 1;
        }
    }
    assert_eq!(leftovers(&folder), [""; 0]);
}

/// What killed runs left beside the store is gone after the next run, whatever it finds to do.
#[test]
fn what_killed_updates_left_does_not_pile_up() {
    let (folder, bucket) = (Folder::new(&[]), Bucket::new());
    bucket.put("A-1", 1, "1.0.0");
    folder.run(&words(&bucket)).expect(0);
    for name in [".a.db.new-1", ".a.db.new-2", ".a.db.state.new-1", "a.db.lock"] {
        folder.write(name, "half");
    }
    folder.write(".b.db.new-1", "of another store");
    let answer = folder.run(&words(&bucket)).expect(0);
    assert!(answer.out.contains("nothing new"), "{}", answer.out);
    assert_eq!(leftovers(&folder), [".b.db.new-1"]);
    assert!(!folder.path("a.db.lock").exists());
    assert_eq!(counts(&folder), (1, 1));
}

/// What a killed scan leaves in its cache is no answer to the next one, or the right answer.
#[test]
fn a_killed_scan_leaves_no_wrong_answer_behind() {
    let folder = Folder::new(&[]);
    feed_zip(&folder, "Debian", &[&osv("A-1", "CVE-2099-1", "Debian:12", "openssl", "9.0")]);
    folder.run("db build --from feeds --out b.db").expect(0);
    let scan = |words: &str| {
        let words = format!("image a.tar --db b.db --format json --exit-zero {words}");
        let mut res = folder.command(&words);
        res.env("XDG_CACHE_HOME", folder.path("cache")).env("XDG_DATA_HOME", folder.path("data"));
        res
    };
    let packages = |command: &mut Command| {
        let report = Answer::new(&command.output().unwrap()).expect(0).json();
        let packages = report["packages"].as_array().unwrap();
        let word = |it: &str| it.trim_matches('"').to_owned();
        let name = |it: &serde_json::Value| {
            word(&it["name"].to_string()) + " " + &word(&it["version"].to_string())
        };
        (packages.iter().map(name).collect::<Vec<_>>(), report["vulnerabilities"].clone())
    };
    folder.write("a.tar", image(0));
    let begin = Instant::now();
    scan("").output().unwrap();
    let mut moments = Moments::new(11, begin.elapsed());
    for number in 1..=120_u32 {
        // Another file has another identity, and is read and kept anew.
        folder.write("a.tar", image(number));
        kill_after(scan(""), moments.next());
        if number % 8 == 0 {
            let right = packages(&mut scan("--no-cache"));
            assert!(right.0.contains(&format!("openssl 3.0.{number}-1")), "{right:?}");
            assert_eq!(right.1.as_array().map(Vec::len), Some(1), "{right:?}");
            assert!(packages(&mut scan("")) == right, "after the kill {number}");
            assert!(packages(&mut scan("")) == right, "from the cache, {number}");
        }
    }
    let entries = files_below(&folder.path("cache"));
    assert!(entries > 0, "nothing was kept at all");
}

fn files_below(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    entries.map(|it| if it.is_dir() { files_below(&it) } else { 1 }).sum()
}

/// What `docker save` writes of an image with one layer, in which Debian has one package.
fn image(number: u32) -> Vec<u8> {
    let status = format!(
        "Package: openssl\nStatus: install ok installed\nArchitecture: amd64\n\
         Version: 3.0.{number}-1\nDescription: a\n\n"
    );
    let layer = tar(&[
        ("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n".as_bytes()),
        ("var/lib/dpkg/status", status.as_bytes()),
    ]);
    let config = br#"{"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {"type":
        "layers", "diff_ids": []}}"#;
    let manifest = br#"[{"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["l/layer.tar"]}]"#;
    tar(&[("manifest.json", manifest), ("c.json", config), ("l/layer.tar", &layer)])
}

/// A tar archive of plain files.
fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut res = Vec::new();
    for (name, content) in files {
        let mut head = [0_u8; 512];
        let mut put =
            |at: usize, text: &str| head[at..at + text.len()].copy_from_slice(text.as_bytes());
        put(0, name);
        put(100, "0000644\0");
        put(108, "0000000\0");
        put(116, "0000000\0");
        put(124, &format!("{:011o}\0", content.len()));
        put(136, "00000000000\0");
        put(148, "        ");
        put(156, "0");
        put(257, "ustar\x0000");
        let sum: u32 = head.iter().map(|it| u32::from(*it)).sum();
        head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        res.extend(head);
        res.extend(*content);
        res.resize(res.len().next_multiple_of(512), 0);
    }
    res.resize(res.len() + 1024, 0);
    res
}
