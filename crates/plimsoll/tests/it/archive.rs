//! Archives as `docker save` writes them, and a store of advisories that knows what is in them.

use serde_json::json;

use crate::{
    bucket::zip,
    support::{Answer, Folder},
};

/// A layer: the letter that its digest is made of, the instruction that made it, its files.
pub(crate) type Layer<'a> = (char, &'a str, &'a [(&'a str, &'a str)]);

/// The distribution and its packages, as a base image brings them.
pub(crate) const BASE: Layer<'static> = (
    'a',
    "/bin/sh -c #(nop) ADD file:a in / ",
    &[
        ("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n"),
        (
            "var/lib/dpkg/status",
            "Package: openssl\nStatus: install ok installed\nArchitecture: amd64\n\
             Version: 3.0.9-1\nDescription: x\n\n",
        ),
    ],
);

/// Layers of an application with a vulnerable package, and the same with a mended one.
pub(crate) const OLD: Layer<'static> = (
    'b',
    "COPY . /srv # buildkit",
    &[("srv/node_modules/left/package.json", r#"{"name": "left", "version": "1.0.0"}"#)],
);
pub(crate) const NEW: Layer<'static> = (
    'c',
    "COPY . /srv # buildkit",
    &[("srv/node_modules/left/package.json", r#"{"name": "left", "version": "2.0.0"}"#)],
);

/// An image on `python:3.11.4-slim`, called `web:1`.
pub(crate) fn image(layers: &[Layer<'_>]) -> Vec<u8> {
    let digest = |letter: char| format!("sha256:{}", letter.to_string().repeat(64));
    let mut history = Vec::new();
    for (number, (_, instruction, _)) in layers.iter().enumerate() {
        history.push(json!({ "created_by": instruction }));
        if number == 0 {
            let variable = "ENV PYTHON_VERSION=3.11.4";
            history.push(json!({ "created_by": variable, "empty_layer": true }));
            history.push(json!({ "created_by": "CMD [\"python3\"]", "empty_layer": true }));
        }
    }
    let config = json!({
        "architecture": "amd64", "os": "linux", "created": "2026-01-01T00:00:00Z",
        "config": { "Env": ["PYTHON_VERSION=3.11.4"], "User": "10001", "Cmd": ["python3"] },
        "rootfs": {
            "type": "layers",
            "diff_ids": layers.iter().map(|it| digest(it.0)).collect::<Vec<_>>(),
        },
        "history": history,
    });
    let names: Vec<String> = layers.iter().map(|it| format!("{}/layer.tar", it.0)).collect();
    let manifest = json!([{ "Config": "c.json", "RepoTags": ["web:1"], "Layers": names }]);
    let (config, manifest) = (config.to_string(), manifest.to_string());
    let mut files = vec![
        ("manifest.json".to_owned(), manifest.into_bytes()),
        ("c.json".to_owned(), config.into_bytes()),
    ];
    for (name, layer) in names.into_iter().zip(layers) {
        let content = layer.2.iter().map(|it| (it.0.to_owned(), it.1.as_bytes().to_vec()));
        files.push((name, tar(&content.collect::<Vec<_>>())));
    }
    tar(&files)
}

/// A folder with two images, `old.tar` and `new.tar`, a store that knows a vulnerability in each of
/// two packages of the first one, and settings that call its facts young enough.
pub(crate) fn folder() -> Folder {
    let folder = Folder::new(&[("plimsoll.toml", "max-data-age = 36500\n")]);
    folder.write("old.tar", image(&[BASE, OLD]));
    folder.write("new.tar", image(&[BASE, NEW]));
    let record = |id: &str, cve: &str, ecosystem: &str, package: &str, fixed: &str| {
        let kind = if ecosystem == "npm" { "SEMVER" } else { "ECOSYSTEM" };
        let record = json!({
            "id": id, "aliases": [cve], "modified": "2026-01-01T00:00:00Z",
            "affected": [{
                "package": { "ecosystem": ecosystem, "name": package },
                "ranges": [{
                    "type": kind,
                    "events": [{ "introduced": "0" }, { "fixed": fixed }],
                }],
            }],
            "severity": [{
                "type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            }],
        });
        (format!("{id}.json"), record.to_string())
    };
    let (name, text) = record("GHSA-1111-1111-1111", "CVE-2026-1001", "npm", "left", "1.5.0");
    folder.write("feeds/npm/all.zip", zip(&[(name, &text)]));
    let debian = ["12", "13"].map(|release| {
        let id = format!("DEBIAN-CVE-2026-2002-{release}");
        record(&id, "CVE-2026-2002", &format!("Debian:{release}"), "openssl", "3.0.15-1")
    });
    let debian: Vec<(String, &String)> = debian.iter().map(|it| (it.0.clone(), &it.1)).collect();
    folder.write("feeds/Debian/all.zip", zip(&debian));
    folder.write(
        "feeds/official-images/library/python",
        "Maintainers: x <x@example.com> (@x)\nGitRepo: https://example.com/python.git\n\n\
         Tags: 3.11.9-slim-bookworm, 3.11-slim-bookworm, 3.11.9-slim, 3.11-slim\n\
         Architectures: amd64\nGitCommit: 1111111111111111111111111111111111111111\n\
         Directory: 3.11/slim-bookworm\n",
    );
    folder.write(
        "feeds/end-of-life.json",
        r#"{"result": [{"name": "debian", "identifiers": [], "releases": [
            {"name": "12", "codename": "Bookworm", "releaseDate": "2023-06-10", "isEol": false,
             "eolFrom": "2099-07-11"}]}]}"#,
    );
    folder.run("db build --from feeds --out facts.db --quiet").expect(0);
    folder
}

/// The program on an image, with the store of the folder.
pub(crate) fn ask(folder: &Folder, words: &str) -> Answer {
    folder.run(&format!("{words} --db facts.db --no-cache"))
}

/// Files as a tar archive.
fn tar(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut res = Vec::new();
    for (name, content) in files {
        let mut head = vec![0; 512];
        let mut put = |at: usize, text: &str| {
            head[at..at + text.len()].copy_from_slice(text.as_bytes());
        };
        put(0, name);
        put(100, "0000644\0");
        put(124, &format!("{:011o} ", content.len()));
        put(136, "00000000000 ");
        put(148, "        ");
        put(156, "0");
        put(257, "ustar\x0000");
        let sum: u32 = head.iter().copied().map(u32::from).sum();
        head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        res.extend(head);
        res.extend(content);
        res.resize(res.len().next_multiple_of(512), 0);
    }
    res.resize(res.len() + 1024, 0);
    res
}
