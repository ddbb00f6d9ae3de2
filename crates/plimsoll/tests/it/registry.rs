//! Images of a registry on the loopback: what a user sees when it lies, and that nothing of a lie
//! is kept.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use plimsoll_oci::{Digest, DigestAlgorithm};
use serde_json::json;

use crate::{
    saved_image::Tar,
    support::{Answer, Folder},
};

/// What is given for each path: status and body.
type Shelf = Arc<Mutex<BTreeMap<String, (String, Vec<u8>)>>>;

/// A registry with one image of one layer.
struct Registry {
    host: String,
    layer: String,
    shelf: Shelf,
}

impl Registry {
    fn new(layer: &[u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let digest = |bytes: &[u8]| Digest::of(DigestAlgorithm::Sha256, bytes).to_string();
        let config = json!({
            "architecture": "amd64", "os": "linux", "config": {"User": "1000"},
            "rootfs": {"type": "layers", "diff_ids": [digest(layer)]},
        });
        let config = config.to_string().into_bytes();
        let kind = "application/vnd.oci.image.manifest.v1+json";
        let part = |kind: &str, bytes: &[u8]| {
            let kind = format!("application/vnd.oci.image.{kind}");
            json!({"mediaType": kind, "digest": digest(bytes), "size": bytes.len()})
        };
        let manifest = json!({
            "schemaVersion": 2, "mediaType": kind, "config": part("config.v1+json", &config),
            "layers": [part("layer.v1.tar", layer)],
        });
        let path = |kind: &str, name: &str| format!("/v2/team/app/{kind}/{name}");
        let layer_path = path("blobs", &digest(layer));
        let shelf = BTreeMap::from([
            (path("manifests", "1"), (kind.to_owned(), manifest.to_string().into_bytes())),
            (path("blobs", &digest(&config)), (String::new(), config)),
            (layer_path.clone(), (String::new(), layer.to_vec())),
        ]);
        let shelf = Arc::new(Mutex::new(shelf));
        let shared = Arc::clone(&shelf);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shelf = Arc::clone(&shared);
                thread::spawn(move || serve(stream, &shelf));
            }
        });
        Self { host, layer: layer_path, shelf }
    }

    /// Gives other bytes for the layer from here on.
    fn give(&self, layer: &[u8]) {
        self.shelf.lock().unwrap().insert(self.layer.clone(), (String::new(), layer.to_vec()));
    }

    fn judge(&self, folder: &Folder) -> Answer {
        let words = "image --no-config --format json --no-vulnerabilities";
        let mut command = folder.command(&format!("{words} registry:{}/team/app:1", self.host));
        command.env("XDG_CACHE_HOME", folder.path("cache")).env("HOME", folder.path("home"));
        Answer::new(&command.output().unwrap())
    }
}

fn serve(mut stream: TcpStream, shelf: &Shelf) {
    let Ok(reading) = stream.try_clone() else { return };
    let mut lines = BufReader::new(reading).lines();
    while let Some(Ok(first)) = lines.next() {
        while lines.next().is_some_and(|it| it.is_ok_and(|it| !it.is_empty())) {}
        let path = first.split(' ').nth(1).unwrap_or_default();
        let found = shelf.lock().unwrap().get(path).cloned();
        let status = if found.is_some() { "200 OK" } else { "404 Not Found" };
        let (kind, body) = found.unwrap_or_default();
        let length = format!("Content-Length: {}\r\n\r\n", body.len());
        let head = format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{length}");
        if stream.write_all(&[head.as_bytes(), &body].concat()).is_err() {
            return;
        }
    }
}

fn layer(version: &str) -> Vec<u8> {
    let module = format!(r#"{{"name": "left-pad", "version": "{version}"}}"#);
    Tar::default().file("srv/node_modules/left-pad/package.json", module).end()
}

#[test]
fn a_layer_that_is_not_what_its_digest_says_is_refused_and_not_kept() {
    let folder = Folder::new(&[]);
    let registry = Registry::new(&layer("1.0.0"));
    registry.give(&layer("9.0.0"));
    let answer = registry.judge(&folder).expect(2);
    assert!(answer.err.contains("in place of sha256:"), "{}", answer.err);
    registry.give(&layer("1.0.0"));
    for _ in 0..2 {
        let report = registry.judge(&folder).json();
        assert_eq!(report["packages"][0]["version"], "1.0.0");
        assert_eq!(report["image"]["source"], "registry");
        // The second time nothing is fetched of the layer.
        registry.give(&layer("9.0.0"));
    }
}

#[test]
fn an_image_that_is_not_there_is_told_with_its_place() {
    let folder = Folder::new(&[]);
    let registry = Registry::new(&layer("1.0.0"));
    registry.shelf.lock().unwrap().clear();
    let answer = registry.judge(&folder).expect(2);
    let place = format!("http://{}/v2/team/app/manifests/1 answers with 404", registry.host);
    assert!(answer.err.contains(&place), "{}", answer.err);
}
