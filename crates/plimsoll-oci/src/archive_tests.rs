//! What users of archives rely on: every form in which images are saved is found, and a claim is
//! never taken for the truth.

use std::{collections::BTreeMap, io, sync::Arc};

use proptest::prelude::{ProptestConfig, any, prop, proptest};
use serde_json::{Value, json};

use crate::{
    ArchiveError, Blobs, Compression, Digest, DigestAlgorithm, Document, GapKind, ImageArchive,
    Limits, ManifestError, ManifestRole, Platform, ReadAt, TarBlobs, TarError, load_image,
    read_archive, read_config, read_manifest, read_whole,
    test_tar::{TarWriter, gzip, zstd},
    unpack, verify_image,
};

const IMAGE_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// Blobs in memory, as a folder has them.
#[derive(Clone, Default)]
struct Folder(BTreeMap<String, Vec<u8>>);

impl Blobs for Folder {
    fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn ReadAt>> {
        let blob = self.0.get(name).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(blob.clone()))
    }
}

impl Folder {
    fn put(&mut self, name: &str, bytes: impl Into<Vec<u8>>) {
        self.0.insert(name.to_owned(), bytes.into());
    }

    /// Adds a blob by its digest, and describes it.
    fn blob(&mut self, media_type: &str, bytes: &[u8]) -> Value {
        let digest = Digest::of(DigestAlgorithm::Sha256, bytes);
        self.put(&format!("blobs/sha256/{}", digest.hex()), bytes);
        json!({ "mediaType": media_type, "digest": digest.to_string(), "size": bytes.len() })
    }

    /// Adds an image of one layer for a processor, and describes its manifest.
    fn image(&mut self, architecture: &str, layer: &[u8]) -> Value {
        let config = config(architecture, &[layer]).to_string();
        let config = self.blob(IMAGE_CONFIG, config.as_bytes());
        let layer = self.blob(LAYER, layer);
        let manifest = json!({ "schemaVersion": 2, "config": config, "layers": [layer] });
        let mut res = self.blob(MANIFEST, manifest.to_string().as_bytes());
        res["platform"] = json!({ "os": "linux", "architecture": architecture });
        res
    }

    fn index(&mut self, manifests: &[Value]) {
        let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": manifests });
        self.put("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
        self.put("index.json", index.to_string());
    }
}

fn config(architecture: &str, layers: &[&[u8]]) -> Value {
    let diff_ids: Vec<String> =
        layers.iter().map(|it| Digest::of(DigestAlgorithm::Sha256, it).to_string()).collect();
    json!({
        "architecture": architecture,
        "os": "linux",
        "config": { "User": "app", "Env": ["A=b"] },
        "rootfs": { "type": "layers", "diff_ids": diff_ids },
        "history": [
            { "created_by": "COPY a /a # buildkit" },
            { "created_by": "USER app", "empty_layer": true },
        ],
    })
}

fn named(mut descriptor: Value, key: &str, value: &str) -> Value {
    descriptor["annotations"][key] = json!(value);
    descriptor
}

fn platform(text: &str) -> Platform {
    text.parse().unwrap()
}

fn kinds(gaps: &[crate::Gap]) -> Vec<GapKind> {
    gaps.iter().map(|it| it.kind).collect()
}

fn names(archive: &ImageArchive) -> Vec<Vec<&str>> {
    archive.images.iter().map(|it| it.names.iter().map(String::as_str).collect()).collect()
}

/// What `docker save` wrote before it wrote layouts: folders, and layers that are links.
fn old_docker_save() -> Vec<u8> {
    let config = config("amd64", &[b"one", b"one"]).to_string();
    let id = Digest::of(DigestAlgorithm::Sha256, config.as_bytes()).hex();
    let list = json!([{
        "Config": format!("{id}.json"),
        "RepoTags": ["app:1", "app:latest"],
        "Layers": ["aaa/layer.tar", "bbb/layer.tar"],
    }]);
    let mut tar = TarWriter::new();
    tar.folder("aaa/").file("aaa/layer.tar", b"one");
    tar.folder("bbb/").symbolic_link("bbb/layer.tar", "../aaa/layer.tar");
    tar.file(&format!("{id}.json"), config.as_bytes());
    tar.file("manifest.json", list.to_string().as_bytes()).end()
}

#[test]
fn old_archives_of_docker_are_read() {
    let blobs = TarBlobs::new(Arc::new(old_docker_save()), &Limits::default()).unwrap();
    let archive = read_archive(&blobs).unwrap();
    assert_eq!(names(&archive), [["app:1", "app:latest"]]);
    for name in [None, Some("app"), Some("docker.io/library/app:1")] {
        let image = load_image(&blobs, archive.choose(name, None).unwrap()).unwrap();
        assert_eq!(image.gaps, []);
        assert_eq!(image.config.runtime.user, "app");
        assert_eq!(image.layers.len(), 2);
        assert!(image.layers[1].diff_id.is_some());
        let layer = blobs.open(&image.layers[1].blob.name).unwrap();
        assert_eq!(*read_whole(&*layer, 10).unwrap(), *b"one");
        // Two layers and one step that made one: nothing says which.
        assert_eq!(image.origins[0].layer, None);
        assert_eq!(image.origins[0].instruction, "COPY a /a");
    }
    let id = archive.images[0].config.digest.unwrap().hex();
    assert!(archive.choose(Some(&id[..12]), None).is_ok());
    let error = archive.choose(Some("other"), None).unwrap_err();
    assert_eq!(error.to_string(), "it holds no image `other`, only `app:1`");
    assert_eq!(verify_image(&blobs, &archive.images[0]), []);
}

#[test]
fn archives_with_both_lists_name_each_image_once() {
    let mut folder = Folder::default();
    let manifest = named(folder.image("amd64", b"layer"), "io.containerd.image.name", "r/app:1");
    let blobs: Vec<String> = folder.names();
    let of = |wanted: &str| {
        let is_it = |it: &&String| String::from_utf8_lossy(&folder.0[*it]).contains(wanted);
        blobs.iter().find(is_it).unwrap().clone()
    };
    let list = json!([{
        "Config": of("diff_ids"), "RepoTags": ["r/app:1"], "Layers": [of("layer")],
    }]);
    let layer = Digest::of(DigestAlgorithm::Sha256, b"layer").hex();
    let list = list.to_string().replace(&of("layer"), &format!("blobs/sha256/{layer}"));
    folder.index(std::slice::from_ref(&manifest));
    folder.put("manifest.json", list.clone());
    let archive = read_archive(&folder).unwrap();
    assert_eq!(names(&archive), [["r/app:1"]]);
    let image = &archive.images[0];
    assert_eq!(image.platform, Some(platform("linux/amd64")));
    assert_eq!(image.manifest.map(|it| json!(it.to_string())), Some(manifest["digest"].clone()));
    // Lists that disagree are two images, of which none is passed over.
    folder.put("manifest.json", list.replace(&layer, &"0".repeat(64)));
    assert_eq!(read_archive(&folder).unwrap().images.len(), 2);
}

#[test]
fn layouts_with_several_platforms_and_attestations_are_read() {
    let mut folder = Folder::default();
    let (amd, arm) = (folder.image("amd64", b"one"), folder.image("arm64", b"two"));
    let statement = folder.blob("application/vnd.in-toto+json", b"{}");
    let config = folder.blob(IMAGE_CONFIG, b"{}");
    let attestation = json!({ "config": config, "layers": [statement] }).to_string();
    let attestation = folder.blob(MANIFEST, attestation.as_bytes());
    let attestation = named(attestation, "vnd.docker.reference.type", "attestation-manifest");
    let subject = amd["digest"].as_str().unwrap();
    let attestation = named(attestation, "vnd.docker.reference.digest", subject);
    let mut absent = amd.clone();
    absent["digest"] = json!(format!("sha256:{}", "1".repeat(64)));
    let nested = json!({ "manifests": [amd, arm, absent, attestation] }).to_string();
    let nested = folder.blob(INDEX, nested.as_bytes());
    folder.index(&[named(nested, "org.opencontainers.image.ref.name", "latest")]);
    let archive = read_archive(&folder).unwrap();
    assert_eq!(archive.gaps, []);
    assert_eq!(names(&archive), [["latest"], ["latest"]]);
    assert_eq!(archive.attestations.len(), 1);
    assert_eq!(archive.attestations[0].subject.to_string(), subject);
    let image = archive.choose(None, Some(&platform("linux/arm64"))).unwrap();
    let image = load_image(&folder, image).unwrap();
    assert_eq!(image.config.platform, platform("linux/arm64"));
    assert_eq!((image.gaps.len(), image.origins[0].layer), (0, Some(0)));
    let error = archive.choose(None, None).unwrap_err();
    let expected =
        "it holds several images; name one of `latest (linux/amd64)`, `latest (linux/arm64)`";
    assert_eq!(error.to_string(), expected);
    assert!(archive.choose(None, Some(&platform("linux/s390x"))).is_err());
}

#[test]
fn the_first_archives_of_docker_are_read() {
    let first = |parent: Option<&str>, command: &str| {
        let command = ["/bin/sh", "-c", command];
        let mut res = json!({ "os": "linux", "architecture": "amd64" });
        res["container_config"] = json!({ "Cmd": command });
        res["config"] = json!({ "User": "app" });
        res["parent"] = json!(parent);
        res.to_string()
    };
    let mut folder = Folder::default();
    folder.put("repositories", "{\"app\": {\"1\": \"top\", \"2\": \"top\"}}");
    folder.put("top/json", first(Some("base"), "make"));
    folder.put("base/json", first(None, "#(nop) ADD file:x in /"));
    folder.put("top/layer.tar", "");
    folder.put("base/layer.tar", "");
    let archive = read_archive(&folder).unwrap();
    assert_eq!(names(&archive), [["app:1", "app:2"]]);
    let image = load_image(&folder, &archive.images[0]).unwrap();
    let layers: Vec<_> = image.layers.iter().map(|it| it.blob.name.as_str()).collect();
    assert_eq!(layers, ["base/layer.tar", "top/layer.tar"]);
    let steps: Vec<_> = image.origins.iter().map(|it| it.instruction.as_str()).collect();
    assert_eq!(steps, ["ADD file:x in /", "RUN make"]);
    assert_eq!((image.config.runtime.user.as_str(), image.gaps.len()), ("app", 0));
    // A layer that stands on itself is no endless loop.
    folder.put("base/json", first(Some("top"), "x"));
    assert!(matches!(read_archive(&folder), Err(ArchiveError::Document { .. })));
}

#[test]
fn claims_are_checked() {
    let mut folder = Folder::default();
    let image = folder.image("amd64", b"layer");
    folder.index(&[image]);
    let layer = format!("blobs/sha256/{}", Digest::of(DigestAlgorithm::Sha256, b"layer").hex());
    let archive = read_archive(&folder).unwrap();
    assert_eq!(verify_image(&folder, &archive.images[0]), []);
    let mut forged = folder.clone();
    forged.put(&layer, "other");
    assert_eq!(kinds(&verify_image(&forged, &archive.images[0])), [GapKind::Mismatch]);
    // Of what is short, nobody needs to ask.
    let mut forged = folder.clone();
    let config = archive.images[0].config.name.clone();
    forged.put(&config, config_with_space(&folder.0[&config]));
    assert_eq!(kinds(&load_image(&forged, &archive.images[0]).unwrap().gaps), [GapKind::Mismatch]);
    let manifest = format!("blobs/sha256/{}", archive.images[0].manifest.unwrap().hex());
    let mut forged = folder.clone();
    forged.put(&manifest, config_with_space(&folder.0[&manifest]));
    assert_eq!(kinds(&read_archive(&forged).unwrap().gaps), [GapKind::Mismatch]);
    let mut cut = folder.clone();
    cut.0.remove(&layer);
    let image = load_image(&cut, &archive.images[0]).unwrap();
    assert_eq!((kinds(&image.gaps), image.layers[0].is_present), (vec![GapKind::Missing], false));
}

/// The same document with other bytes.
fn config_with_space(bytes: &[u8]) -> Vec<u8> {
    [b" ", bytes].concat()
}

#[test]
fn what_holds_no_image_says_what_it_is() {
    let mut root = Folder::default();
    root.put("etc/passwd", "");
    let error = read_archive(&root).unwrap_err();
    assert!(error.to_string().contains("docker export"), "{error}");
    let mut chart = Folder::default();
    let config = chart.blob("application/vnd.cncf.helm.config.v1+json", b"{}");
    let manifest = json!({ "config": config, "layers": [] }).to_string();
    let manifest = chart.blob(MANIFEST, manifest.as_bytes());
    chart.index(&[manifest]);
    let error = read_archive(&chart).unwrap_err();
    assert!(error.to_string().contains("`application/vnd.cncf.helm.config.v1+json`"), "{error}");
    assert!(matches!(read_archive(&Folder::default()), Err(ArchiveError::NoImage { .. })));
    let mut broken = Folder::default();
    let manifest = broken.blob(MANIFEST, b"{}");
    broken.index(&[manifest]);
    let error = read_archive(&broken).unwrap_err();
    assert!(error.to_string().ends_with("neither a manifest nor an index of them"), "{error}");
}

#[test]
fn an_index_that_names_itself_ends() {
    // A digest cannot name itself, but an archive can lie about what a blob hashes to.
    let mut folder = Folder::default();
    let digest = "2".repeat(64);
    let own = json!({ "mediaType": INDEX, "digest": format!("sha256:{digest}"), "size": 1 });
    let index = json!({ "manifests": [own.clone(), own.clone()] }).to_string();
    folder.put(&format!("blobs/sha256/{digest}"), index);
    folder.index(&[own]);
    assert!(matches!(read_archive(&folder), Err(ArchiveError::NoImage { .. })));
}

#[test]
fn compressed_archives_say_that_they_must_be_unpacked() {
    let tar = old_docker_save();
    for (packed, compression) in [(gzip(&tar), Compression::Gzip), (zstd(&tar), Compression::Zstd)]
    {
        let error = TarBlobs::new(Arc::new(packed.clone()), &Limits::default()).err();
        assert_eq!(error, Some(TarError::NeedsUnpacking(compression)));
        let mut plain = Vec::new();
        let len = unpack(Box::new(&packed[..]), &Limits::default(), &mut plain);
        assert_eq!((len, &plain), (Ok(tar.len() as u64), &tar));
        let few = Limits { unpacked_bytes: 1000, ..Limits::default() };
        let gap = unpack(Box::new(&packed[..]), &few, &mut Vec::new()).unwrap_err();
        assert_eq!(gap.kind, GapKind::Limit);
        let cut = &packed[..packed.len() / 2];
        let gap = unpack(Box::new(cut), &Limits::default(), &mut Vec::new()).unwrap_err();
        assert_eq!(gap.kind, GapKind::Truncated);
    }
    let error = TarBlobs::new(Arc::new(b"{}".to_vec()), &Limits::default()).err();
    assert!(matches!(error, Some(TarError::NotTar(_))));
}

#[test]
fn names_of_an_archive_stay_in_it() {
    let mut tar = TarWriter::new();
    tar.file("./a", b"first").file("a", b"last").symbolic_link("d/l", "/../../a");
    tar.symbolic_link("x", "y").symbolic_link("y", "x").symbolic_link("out", "../../etc/passwd");
    tar.hard_link("h", "a").folder("dir");
    let blobs = TarBlobs::new(Arc::new(tar.end()), &Limits::default()).unwrap();
    assert_eq!(blobs.names(), ["a", "d/l", "h", "out", "x", "y"]);
    for name in ["a", "d/l", "h"] {
        assert_eq!(*read_whole(&*blobs.open(name).unwrap(), 10).unwrap(), *b"last", "{name}");
    }
    for name in ["x", "out", "dir", "nothing"] {
        assert!(blobs.open(name).is_err(), "{name}");
    }
}

#[test]
fn manifests_are_told_apart() {
    let digest = format!("sha256:{}", "3".repeat(64));
    let blob = |media_type: &str| json!({ "mediaType": media_type, "digest": digest, "size": 3 });
    let read = |value: Value| read_manifest(value.to_string().as_bytes(), None);
    let layers = [
        "application/vnd.docker.image.rootfs.diff.tar.gzip",
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
        "application/octet-stream",
    ];
    let docker = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": blob("application/vnd.docker.container.image.v1+json"),
        "layers": layers.map(blob),
    });
    let Ok(Document::Manifest(manifest)) = read(docker.clone()) else { panic!("a manifest") };
    assert_eq!(manifest.role(), ManifestRole::Image);
    let roles: Vec<String> = manifest.layers.iter().map(|it| format!("{:?}", it.role())).collect();
    assert_eq!(roles, ["Layer", "ForeignLayer", "ForeignLayer", "Other"]);
    let mut both = docker.clone();
    both["manifests"] = json!([]);
    assert_eq!(read(both), Err(ManifestError::Ambiguous));
    let mut confused = docker.clone();
    confused["mediaType"] = json!(INDEX);
    assert_eq!(read(confused), Err(ManifestError::Ambiguous));
    let mut wrong = docker.clone();
    wrong["layers"][0]["digest"] = json!("sha256:xyz");
    assert_eq!(read(wrong), Err(ManifestError::Digest("sha256:xyz".to_owned())));
    let mut artifact = docker;
    artifact["artifactType"] = json!("application/vnd.example.thing");
    let Ok(Document::Manifest(manifest)) = read(artifact) else { panic!("a manifest") };
    assert_eq!(manifest.role(), ManifestRole::Artifact("application/vnd.example.thing".to_owned()));
    assert_eq!(
        read(json!({ "schemaVersion": 1, "fsLayers": [] })),
        Err(ManifestError::FirstSchema)
    );
    assert_eq!(read(json!({ "errors": [] })), Err(ManifestError::Unknown));
    assert!(matches!(read(json!([])), Err(ManifestError::Json(_))));
}

#[test]
fn configurations_are_read_and_keep_their_secrets() {
    let config = json!({
        "os": "windows", "architecture": "amd64", "os.version": "10.0.17763",
        "created": "2024-01-01T00:00:00Z", "author": "someone",
        "config": {
            "User": "1000:1000", "Env": ["TOKEN=hush"], "Cmd": "run", "Entrypoint": ["/a", "b"],
            "Labels": { "k": "v", "n": 3 }, "ExposedPorts": { "443/tcp": {}, "80/tcp": {} },
            "Volumes": { "/data": {} }, "WorkingDir": "/w", "StopSignal": "SIGINT",
            "Shell": ["/bin/bash", "-c"], "OnBuild": ["RUN x"],
            "Healthcheck": { "Test": ["CMD", "ok"], "Interval": 30_000_000_000_u64, "Retries": 3 },
        },
        "history": [{ "created_by": "RUN hush" }],
    });
    let config = read_config(config.to_string().as_bytes()).unwrap();
    assert_eq!(config.platform.os_version, "10.0.17763");
    let runtime = &config.runtime;
    assert_eq!(runtime.command, ["run"]);
    assert_eq!(runtime.entrypoint, ["/a", "b"]);
    assert_eq!(runtime.exposed_ports, ["443/tcp", "80/tcp"]);
    assert_eq!((runtime.volumes.len(), runtime.labels.len(), runtime.on_build.len()), (1, 1, 1));
    let health = runtime.healthcheck.as_ref().unwrap();
    assert_eq!((health.retries, health.interval, health.timeout), (3, 30_000_000_000, 0));
    let shown = format!("{config:?} {runtime:?} {:?} {:?}", config.history, config.origins(1));
    assert!(!shown.contains("hush"), "{shown}");
    let wrong = json!({ "rootfs": { "diff_ids": ["nonsense"] } }).to_string();
    assert!(matches!(read_config(wrong.as_bytes()), Err(ManifestError::Digest(_))));
    let empty = read_config(b"{\"config\": null, \"history\": null}").unwrap();
    assert_eq!((empty.diff_ids.len(), empty.history.len()), (0, 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_documents_are_read_without_a_panic(
        text in "[\\[\\]{}\":,a-z0-9 ]{0,60}",
        at in any::<prop::sample::Index>(),
        len in 0..40_usize,
    ) {
        let mut folder = Folder::default();
        let image = folder.image("amd64", b"layer");
        folder.index(&[image]);
        for name in folder.names() {
            let mut damaged = folder.clone();
            let mut bytes = damaged.0[&name].clone();
            let start = at.index(bytes.len());
            let end = (start + len).min(bytes.len());
            bytes.splice(start..end, text.bytes());
            let _ = read_manifest(&bytes, None);
            let _ = read_config(&bytes);
            damaged.put(&name, bytes);
            if let Ok(archive) = read_archive(&damaged) {
                for image in &archive.images {
                    let _ = load_image(&damaged, image);
                }
            }
        }
    }
}
