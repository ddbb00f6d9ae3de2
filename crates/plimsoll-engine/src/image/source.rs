//! From a target to the records of its layers: which hand fetches the bytes, and what is kept for
//! the next time.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use plimsoll_docker::{Engine, container_folders, find_endpoint, image_folders};
use plimsoll_fs::{Cache, RandomAccessFile, TreeLimits, cache_folder, walk_tree};
use plimsoll_net::{DockerConfig, Http, HttpOptions, NetworkPermission, Registry, RegistryName};
use plimsoll_oci::{
    ArchiveError, Blobs, Document, Hashing, Image, ImageConfig, LayerInput, LayerOrigin,
    LayerVisitor, Limits, OverlayMarks, Platform, ReadAt, TarBlobs, TarError, choose_platform,
    overlay_entry, read_archive as read_image_archive, read_config, read_layer, read_manifest,
    unpack, verify_image,
};
use rayon::prelude::*;
use serde_json::Value;

use super::{
    codec::{RECORD_VERSION, decode, decode_merged, encode, encode_merged},
    merged::Merged,
    read::{LayerReader, Looks, read_archive},
    record::LayerRecord,
    target::Target,
};
use crate::{error::Error, run::Progress};

/// What reading a target gave.
#[derive(Default)]
pub(crate) struct Opened {
    /// How it was read, in words.
    pub(crate) source: &'static str,
    /// Digest of the configuration; empty for what has none.
    pub(crate) digest: String,
    /// Names and repository digests.
    pub(crate) references: Vec<String>,
    /// The configuration; what is no image has none.
    pub(crate) config: Option<ImageConfig>,
    /// The steps of the build.
    pub(crate) origins: Vec<LayerOrigin>,
    /// The layers, lowest first.
    pub(crate) layers: Vec<OpenedLayer>,
    /// What the layers come to together, if an earlier run kept it; their records are empty then.
    pub(crate) merged: Option<Merged>,
    /// Under which name to keep what the layers come to together.
    pub(crate) key: Option<String>,
    /// What could not be read of the target as a whole: what, and why.
    pub(crate) gaps: Vec<(String, String)>,
    /// What of it is no image: a container has a layer of its own on top.
    pub(crate) container: Option<String>,
    /// Whether it is a bill of materials, whose text this is.
    pub(crate) bill: Option<Vec<u8>>,
}

/// One layer.
#[derive(Debug)]
pub(crate) struct OpenedLayer {
    /// Digest of its plain content, as the configuration states it; may be empty.
    pub(crate) digest: String,
    /// What it says.
    pub(crate) record: LayerRecord,
}

/// How targets are opened.
pub(crate) struct Opener<'a> {
    pub(crate) looks: Looks,
    pub(crate) limits: Limits,
    pub(crate) platform: Option<Platform>,
    pub(crate) environment: &'a BTreeMap<String, String>,
    /// Address of the engine, in place of the usual one.
    pub(crate) engine: Option<&'a str>,
    pub(crate) network: Option<NetworkPermission>,
    pub(crate) insecure_registries: &'a [String],
    /// Hash what an archive claims.
    pub(crate) verify: bool,
    pub(crate) cache: Option<Cache>,
    pub(crate) progress: &'a dyn Progress,
}

/// The cache of this user, unless it is not wanted or there is no place for it.
pub(crate) fn cache(is_wanted: bool, environment: &BTreeMap<String, String>) -> Option<Cache> {
    let folder = cache_folder(environment)?.join("layers");
    is_wanted.then(|| Cache::new(folder, MAX_CACHE))
}

impl Opener<'_> {
    /// Opens `target` and reads what is in it.
    pub(crate) fn open(&self, target: &Target) -> Result<Opened, Error> {
        match target {
            Target::File(path, name) => self.file(path, name.as_deref()),
            Target::Folder(path) => self.folder(path),
            Target::EngineImage(name) => self.engine_image(name),
            Target::RegistryImage(name) => self.registry_image(name),
            Target::Container(name) => self.container(name),
            Target::Image(name) => match self.engine_image(name) {
                Ok(opened) => Ok(opened),
                Err(error) if self.network.is_some() => match self.registry_image(name) {
                    Ok(opened) => Ok(opened),
                    Err(second) => Err(Error::NoImage {
                        name: name.clone(),
                        tried: vec![error.to_string(), second.to_string()],
                    }),
                },
                Err(error) => {
                    let tried = vec![
                        error.to_string(),
                        "the registry was not asked: `--offline` forbids the network".to_owned(),
                    ];
                    Err(Error::NoImage { name: name.clone(), tried })
                }
            },
        }
    }

    /// An archive of an image or of a file system, or a bill of materials.
    fn file(&self, path: &Path, name: Option<&str>) -> Result<Opened, Error> {
        let file = RandomAccessFile::open(path)?;
        if is_bill(&file) {
            let text = plimsoll_fs::read_bytes(path, MAX_BILL)?;
            return Ok(Opened {
                source: "bill of materials",
                bill: Some(text),
                ..Opened::default()
            });
        }
        let identity = file.identity();
        let key = (!self.verify).then(|| {
            format!(
                "file {} {} {} {} {} {:?} {:?} {}",
                identity.device,
                identity.inode,
                identity.size,
                identity.modified,
                identity.changed,
                name,
                self.platform.as_ref().map(ToString::to_string),
                self.version()
            )
        });
        let source: Arc<dyn ReadAt> = Arc::new(file);
        let blobs = match TarBlobs::new(Arc::clone(&source), &self.limits) {
            Ok(blobs) => blobs,
            Err(TarError::NeedsUnpacking(_)) => {
                let unpacked = self.unpack(path, &source)?;
                TarBlobs::new(Arc::new(unpacked), &self.limits).map_err(|it| wrong(path, &it))?
            }
            Err(error) => return Err(wrong(path, &error)),
        };
        match self.archive(path, &blobs, name, key.as_deref(), "archive of an image") {
            Err(Error::Archive { error: ArchiveError::NoImage { is_root: true, .. }, .. }) => {
                let plain = RandomAccessFile::open(path)?;
                let plain: Arc<dyn ReadAt> = Arc::new(plain);
                self.root_archive(&mut || Ok(LayerInput::At(&*plain)))
            }
            other => other,
        }
    }

    /// A compressed archive is unpacked into a nameless file first, since its parts are needed in
    /// another order than they come.
    fn unpack(&self, path: &Path, source: &Arc<dyn ReadAt>) -> Result<RandomAccessFile, Error> {
        let mut gap = None;
        let file = RandomAccessFile::fill(path, &mut |out| {
            let input = Box::new(plimsoll_oci::Sequential::new(&**source));
            match unpack(input, &self.limits, out) {
                Ok(_) => Ok(()),
                Err(found) => {
                    let error = io::Error::new(io::ErrorKind::InvalidData, found.to_string());
                    gap = Some(found);
                    Err(error)
                }
            }
        });
        match gap {
            Some(gap) => Err(wrong(path, &gap)),
            None => Ok(file?),
        }
    }

    /// An image among named blobs: a `docker save` archive or an OCI layout.
    fn archive(
        &self,
        path: &Path,
        blobs: &dyn Blobs,
        name: Option<&str>,
        key: Option<&str>,
        source: &'static str,
    ) -> Result<Opened, Error> {
        let wrong = |error| Error::Archive { path: path.to_owned(), error };
        let archive = read_image_archive(blobs).map_err(wrong)?;
        let own = Platform::new("linux", std::env::consts::ARCH, "");
        let platform = self.platform.clone().unwrap_or_else(|| engine_platform(&own));
        let chosen = archive.choose(name, Some(&platform)).map_err(wrong)?;
        let image = plimsoll_oci::load_image(blobs, chosen).map_err(wrong)?;
        let mut res = Opened {
            source,
            digest: image.config_digest.to_string(),
            references: chosen.names.clone(),
            gaps: archive.gaps.iter().chain(&image.gaps).map(gap_words).collect(),
            ..Opened::default()
        };
        if self.verify {
            res.gaps.extend(verify_image(blobs, chosen).iter().map(gap_words));
        }
        let n_layers = image.layers.len();
        res.merged = key.and_then(|it| self.cached_merged(it, n_layers));
        let records = if res.merged.is_some() {
            vec![LayerRecord::default(); n_layers]
        } else {
            res.key = key.map(str::to_owned);
            self.archive_layers(blobs, &image)
        };
        for (layer, record) in image.layers.iter().zip(records) {
            let digest = layer.diff_id.map(|it| it.to_string()).unwrap_or_default();
            res.layers.push(OpenedLayer { digest, record });
        }
        res.config = Some(image.config);
        res.origins = image.origins;
        Ok(res)
    }

    fn archive_layers(&self, blobs: &dyn Blobs, image: &Image) -> Vec<LayerRecord> {
        self.progress.total(image.layers.len());
        let read = |layer: &plimsoll_oci::ImageLayer| {
            let record = match blobs.open(&layer.blob.name) {
                Ok(source) => {
                    let hashing = if self.verify { Hashing::DiffId } else { Hashing::Skip };
                    let mut read = |hashing, visitor: &mut dyn LayerVisitor| {
                        let input = LayerInput::At(&*source);
                        Ok::<_, Infallible>(read_layer(input, &self.limits, hashing, visitor))
                    };
                    let Ok((mut record, summary)) = read_archive(&mut read, hashing, self.looks);
                    if let (Some(claimed), Some(found)) = (layer.diff_id, summary.diff_id)
                        && claimed != found
                    {
                        let why = format!("it hashes to {found}, not to {claimed} as is claimed");
                        record.gaps.push((layer.blob.name.clone(), why));
                    }
                    record
                }
                // That the layer is missing is among the gaps of the image.
                Err(_) => LayerRecord::default(),
            };
            self.progress.step();
            record
        };
        image.layers.par_iter().map(read).collect()
    }

    /// The whole of a file system as one archive, as `docker export` writes it.
    fn root_archive<'a>(
        &self,
        open: &mut dyn FnMut() -> Result<LayerInput<'a>, Error>,
    ) -> Result<Opened, Error> {
        self.progress.total(1);
        let mut read = |hashing, visitor: &mut dyn LayerVisitor| {
            Ok::<_, Error>(read_layer(open()?, &self.limits, hashing, visitor))
        };
        let (record, _) = read_archive(&mut read, Hashing::Skip, self.looks)?;
        self.progress.step();
        let layers = vec![OpenedLayer { digest: String::new(), record }];
        Ok(Opened { source: "archive of a file system", layers, ..Opened::default() })
    }

    /// An OCI layout, or the root of a file system.
    fn folder(&self, path: &Path) -> Result<Opened, Error> {
        let is_layout = plimsoll_fs::exists(&path.join("index.json"))
            && plimsoll_fs::is_folder(&path.join("blobs"));
        if is_layout {
            let blobs = FolderBlobs { root: path.to_owned() };
            return self.archive(path, &blobs, None, None, "OCI layout");
        }
        self.progress.total(1);
        let record = self.tree(path, false)?;
        self.progress.step();
        let layers = vec![OpenedLayer { digest: String::new(), record }];
        Ok(Opened { source: "folder", layers, ..Opened::default() })
    }

    /// The files below a folder. `is_layer` says that the folder is a layer of overlay2, whose
    /// marks count.
    fn tree(&self, path: &Path, is_layer: bool) -> Result<LayerRecord, Error> {
        let mut reader = LayerReader::new(self.looks);
        let gaps = walk_tree(path, TreeLimits::default(), &mut |found| {
            if !is_layer {
                reader.file(&found.entry, found.first.as_ref(), || found.open());
                return;
            }
            let marks = found.marks();
            let marks = OverlayMarks {
                opaque: marks.opaque.as_deref(),
                redirect: marks.redirect.as_deref(),
                metacopy: marks.metacopy.as_deref(),
                whiteout: marks.whiteout.as_deref(),
            };
            let meant = overlay_entry(found.entry.clone(), &marks);
            reader.file(&meant.entry, found.first.as_ref(), || found.open());
            if let Some(opaque) = &meant.opaque {
                reader.mark(opaque);
            }
            if let Some(gap) = &meant.gap {
                reader.gap(&gap.path, &gap.message);
            }
            if let Some(from) = &meant.redirect {
                let why = format!("the folder was renamed from `{from}`, which is not followed");
                reader.gap(&meant.entry.path, &why);
            }
        })?;
        let mut record = reader.finish();
        record.is_complete = gaps.is_empty();
        record.gaps.extend(gaps.iter().map(|it| (it.path().display().to_string(), it.to_string())));
        Ok(record)
    }

    fn connect(&self) -> Result<Engine, Error> {
        let endpoint = find_endpoint(self.engine, self.environment)?;
        if !endpoint.is_local() && self.network.is_none() {
            return Err(Error::Offline { what: endpoint.to_string() });
        }
        Ok(Engine::connect(endpoint, plimsoll_docker::Limits::default())?)
    }

    /// An image of the engine: its layers where the engine keeps them, if they can be read there,
    /// else as the archive that the engine writes.
    fn engine_image(&self, name: &str) -> Result<Opened, Error> {
        let engine = self.connect()?;
        let inspected = engine.get(&format!("/images/{}/json", Engine::escape(name)))?;
        if let Some(opened) = self.stored_image(&engine, &inspected) {
            return Ok(opened);
        }
        let body = engine.stream(&format!("/images/{}/get", Engine::escape(name)))?;
        let mut opened = self.streamed_archive(name, body)?;
        opened.references = references(&inspected);
        Ok(opened)
    }

    /// The layers of an image as overlay2 keeps them. `None` where they cannot be read.
    fn stored_image(&self, engine: &Engine, inspected: &Value) -> Option<Opened> {
        if !engine.endpoint().is_local() {
            return None;
        }
        let folders = image_folders(inspected)?;
        let (config, digest) = Self::stored_config(engine, inspected)?;
        let layers = self.stored_layers(&folders, &config)?;
        Some(Opened {
            source: "Docker Engine",
            digest,
            references: references(inspected),
            origins: config.origins(layers.len()),
            config: Some(config),
            layers,
            ..Opened::default()
        })
    }

    fn stored_config(engine: &Engine, inspected: &Value) -> Option<(ImageConfig, String)> {
        let info = engine.get("/info").ok()?;
        let root = info.get("DockerRootDir")?.as_str()?;
        let id = inspected.get("Id")?.as_str()?;
        let hex = id.strip_prefix("sha256:").filter(|it| is_hex(it))?;
        let path = Path::new(root).join("image/overlay2/imagedb/content/sha256").join(hex);
        let bytes = plimsoll_fs::read_bytes(&path, plimsoll_oci::MAX_CONFIG_BYTES).ok()?;
        Some((read_config(&bytes).ok()?, id.to_owned()))
    }

    fn stored_layers(&self, folders: &[PathBuf], config: &ImageConfig) -> Option<Vec<OpenedLayer>> {
        // All or nothing: an image of which one layer cannot be read comes from the engine whole.
        if folders.len() != config.diff_ids.len()
            || !folders.iter().all(|it| plimsoll_fs::is_folder(it))
        {
            return None;
        }
        self.progress.total(folders.len());
        let pairs: Vec<_> = folders.iter().zip(&config.diff_ids).collect();
        pairs
            .par_iter()
            .map(|(folder, diff_id)| {
                let key = format!("layer {diff_id} {}", self.version());
                let known = self.cached(&key, 1).and_then(|it| it.into_iter().next());
                let record = if let Some(record) = known {
                    record
                } else {
                    let record = self.tree(folder, true).ok()?;
                    self.keep(Some(&key), std::slice::from_ref(&record));
                    record
                };
                self.progress.step();
                Some(OpenedLayer { digest: diff_id.to_string(), record })
            })
            .collect()
    }

    fn streamed_archive(&self, name: &str, mut body: impl Read) -> Result<Opened, Error> {
        let path = Path::new(name);
        let file = RandomAccessFile::spool(path, &mut body, MAX_ARCHIVE)?;
        let blobs = TarBlobs::new(Arc::new(file), &self.limits).map_err(|it| wrong(path, &it))?;
        self.archive(path, &blobs, None, None, "Docker Engine")
    }

    /// A container with what it wrote itself.
    fn container(&self, name: &str) -> Result<Opened, Error> {
        let engine = self.connect()?;
        let inspected = engine.get(&format!("/containers/{}/json", Engine::escape(name)))?;
        let image = inspected.get("Image").and_then(Value::as_str).unwrap_or_default();
        let image = engine.get(&format!("/images/{}/json", Engine::escape(image)))?;
        let stored = container_folders(&inspected).filter(|_| engine.endpoint().is_local());
        let stored = stored.and_then(|folders| {
            let (config, digest) = Self::stored_config(&engine, &image)?;
            let mut layers = self.stored_layers(&folders.image, &config)?;
            for folder in folders.init.iter().chain([&folders.writable]) {
                let record = self.tree(folder, true).ok()?;
                layers.push(OpenedLayer { digest: String::new(), record });
            }
            let origins = config.origins(config.diff_ids.len());
            Some(Opened { digest, config: Some(config), layers, origins, ..Opened::default() })
        });
        let mut opened = if let Some(opened) = stored {
            opened
        } else {
            let path = format!("/containers/{}/export", Engine::escape(name));
            self.root_archive(&mut || Ok(LayerInput::Stream(Box::new(engine.stream(&path)?))))?
        };
        opened.source = "container of Docker Engine";
        opened.references = references(&image);
        opened.container = Some(name.to_owned());
        Ok(opened)
    }

    /// An image of a registry, its layers read as they come.
    fn registry_image(&self, name: &str) -> Result<Opened, Error> {
        let Some(permission) = self.network else {
            return Err(Error::Offline { what: format!("the registry of {name}") });
        };
        let reference = plimsoll_dockerfile::ImageReference::parse(name)
            .ok_or_else(|| Error::Reference { name: name.to_owned() })?;
        let options =
            HttpOptions { environment: self.environment.clone(), ..HttpOptions::default() };
        let http = Http::new(permission, options)?;
        let config = docker_config(self.environment);
        let host = reference.registry_host().to_owned();
        let registry_name = RegistryName { repository: repository(&reference, &host), host };
        let registry = Registry::new(http, registry_name, None, self.insecure_registries, &config)?;
        let part =
            |it: &Option<plimsoll_dockerfile::ReferencePart>| it.as_ref().map(|it| it.text.clone());
        let wanted = part(&reference.digest)
            .or_else(|| part(&reference.tag))
            .unwrap_or_else(|| "latest".to_owned());
        let mut manifest = registry.manifest(&wanted)?;
        let mut references = vec![format!("{}@{}", reference.full_name(), manifest.digest)];
        let in_document = |it: plimsoll_oci::ManifestError| Error::Registry {
            name: name.to_owned(),
            why: it.to_string(),
        };
        for _ in 0..MAX_INDEXES {
            let document = read_manifest(&manifest.bytes, Some(&manifest.media_type));
            let index = match document.map_err(in_document)? {
                Document::Manifest(found) => {
                    return self.pulled(name, &registry, &found, references);
                }
                Document::Index(index) => index,
            };
            let own = engine_platform(&Platform::new("linux", std::env::consts::ARCH, ""));
            let wanted = self.platform.as_ref().unwrap_or(&own);
            let candidates =
                index.images().filter_map(|it| Some((it.platform.as_ref()?, it.digest)));
            let only = index.images().next().map(|it| it.digest);
            let chosen = choose_platform(candidates, wanted)
                .or(only.filter(|_| index.images().count() == 1));
            let Some(digest) = chosen else {
                let why = format!("it is not built for {wanted}");
                return Err(Error::Registry { name: name.to_owned(), why });
            };
            manifest = registry.manifest(&digest.to_string())?;
            references.push(format!("{}@{digest}", reference.full_name()));
        }
        Err(Error::Registry { name: name.to_owned(), why: "it names no image".to_owned() })
    }

    fn pulled(
        &self,
        name: &str,
        registry: &Registry,
        manifest: &plimsoll_oci::Manifest,
        references: Vec<String>,
    ) -> Result<Opened, Error> {
        let wrong = |why: String| Error::Registry { name: name.to_owned(), why };
        let mut bytes = Vec::new();
        registry
            .blob(&manifest.config.digest, Some(manifest.config.size))?
            .take(plimsoll_oci::MAX_CONFIG_BYTES)
            .read_to_end(&mut bytes)
            .map_err(|it| wrong(format!("its configuration cannot be read: {it}")))?;
        let config = read_config(&bytes).map_err(|it| wrong(it.to_string()))?;
        self.progress.total(manifest.layers.len());
        let read =
            |(number, layer): (usize, &plimsoll_oci::Descriptor)| -> Result<OpenedLayer, Error> {
                let digest =
                    config.diff_ids.get(number).map(ToString::to_string).unwrap_or_default();
                let key = format!("blob {} {}", layer.digest, self.version());
                let known = self.cached(&key, 1).and_then(|it| it.into_iter().next());
                let record = if let Some(record) = known {
                    record
                } else {
                    let mut read = |hashing, visitor: &mut dyn LayerVisitor| {
                        let mut blob = registry.blob(&layer.digest, Some(layer.size))?;
                        let input = LayerInput::Stream(Box::new(&mut blob));
                        let summary = read_layer(input, &self.limits, hashing, visitor);
                        // The digest is known to hold only after the last byte.
                        io::copy(&mut blob, &mut io::sink())
                            .map_err(|it| wrong(format!("a layer cannot be read: {it}")))?;
                        Ok::<_, Error>(summary)
                    };
                    let (record, _) = read_archive(&mut read, Hashing::Skip, self.looks)?;
                    self.keep(Some(&key), std::slice::from_ref(&record));
                    record
                };
                self.progress.step();
                Ok(OpenedLayer { digest, record })
            };
        let numbered: Vec<_> = manifest.layers.iter().enumerate().collect();
        let layers: Result<Vec<_>, Error> = numbered.into_par_iter().map(read).collect();
        let layers = layers?;
        Ok(Opened {
            source: "registry",
            digest: manifest.config.digest.to_string(),
            references,
            origins: config.origins(layers.len()),
            config: Some(config),
            layers,
            ..Opened::default()
        })
    }

    /// What a record depends on beside the bytes of its layer.
    fn version(&self) -> String {
        let secrets = if self.looks.secrets { "secrets" } else { "" };
        format!("{RECORD_VERSION} {} {secrets}", env!("CARGO_PKG_VERSION"))
    }

    /// Keeps what layers come to together for the next time, if all of it could be read.
    pub(crate) fn keep_merged(&self, key: Option<&str>, merged: &Merged) {
        if let (Some(cache), Some(key), true) = (&self.cache, key, merged.is_complete()) {
            let _ = cache.put(key, &encode_merged(merged));
        }
    }

    fn cached_merged(&self, key: &str, n_layers: usize) -> Option<Merged> {
        let merged = decode_merged(&self.cache.as_ref()?.get(key)?)?;
        (merged.layers.len() == n_layers).then_some(merged)
    }

    fn cached(&self, key: &str, n_layers: usize) -> Option<Vec<LayerRecord>> {
        let records = decode(&self.cache.as_ref()?.get(key)?)?;
        (records.len() == n_layers).then_some(records)
    }

    /// Keeps records for the next time, if they are whole: what could not be read may be readable
    /// then. That keeping fails costs time only.
    fn keep(&self, key: Option<&str>, records: &[LayerRecord]) {
        let is_whole = records.iter().all(|it| it.is_complete);
        if let (Some(cache), Some(key), true) = (&self.cache, key, is_whole) {
            let records: Vec<&LayerRecord> = records.iter().collect();
            let _ = cache.put(key, &encode(&records));
        }
    }
}

/// The blobs of an OCI layout in a folder.
struct FolderBlobs {
    root: PathBuf,
}

impl Blobs for FolderBlobs {
    fn names(&self) -> Vec<String> {
        let mut res = Vec::new();
        let _ = walk_tree(&self.root, TreeLimits { entries: 100_000, depth: 4 }, &mut |it| {
            res.push(it.entry.path.clone());
        });
        res
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn ReadAt>> {
        // Names come from documents in the layout, and must not lead out of it.
        let confined = plimsoll_oci::confine(name).path;
        let path = self.root.join(&confined);
        let inside = path.canonicalize()?.starts_with(self.root.canonicalize()?);
        if confined != name || !inside {
            return Err(io::Error::new(io::ErrorKind::NotFound, "it leads out of the layout"));
        }
        let file = RandomAccessFile::open(&path).map_err(io::Error::other)?;
        Ok(Box::new(file))
    }
}

/// Rust and the engine call machines by different names.
fn engine_platform(own: &Platform) -> Platform {
    let architecture = match own.architecture.as_str() {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        "powerpc64" => "ppc64le",
        other => other,
    };
    Platform::new(&own.os, architecture, &own.variant)
}

/// The repository as registries name it: `library/debian`.
fn repository(reference: &plimsoll_dockerfile::ImageReference, host: &str) -> String {
    let name = &reference.repository.text;
    if host == "docker.io" && !name.contains('/') {
        format!("library/{name}")
    } else {
        name.clone()
    }
}

fn docker_config(environment: &BTreeMap<String, String>) -> DockerConfig {
    let folder = environment
        .get("DOCKER_CONFIG")
        .map(PathBuf::from)
        .or_else(|| Some(Path::new(environment.get("HOME")?).join(".docker")));
    folder.map(|it| DockerConfig::read(&it)).unwrap_or_default()
}

/// The names that the engine has for an image.
fn references(inspected: &Value) -> Vec<String> {
    ["RepoTags", "RepoDigests"]
        .iter()
        .filter_map(|it| inspected.get(it)?.as_array())
        .flatten()
        .filter_map(|it| it.as_str().map(str::to_owned))
        .filter(|it| !it.starts_with("<none>"))
        .collect()
}

/// Whether a file is a bill of materials: JSON, or the tag-value form of SPDX.
fn is_bill(file: &dyn ReadAt) -> bool {
    let mut head = [0; 512];
    let n = file.read_at(0, &mut head).unwrap_or(0);
    let text = String::from_utf8_lossy(head.get(..n).unwrap_or_default()).into_owned();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.starts_with('{') || text.starts_with("SPDXVersion:") || text.starts_with("<?xml")
}

fn is_hex(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|it| it.is_ascii_hexdigit())
}

fn gap_words(gap: &plimsoll_oci::Gap) -> (String, String) {
    (gap.path.clone(), gap.message.clone())
}

fn wrong(path: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::NotAnImage { path: path.to_owned(), why: error.to_string() }
}

/// Bytes of the cache of layers.
const MAX_CACHE: u64 = 512 << 20;

/// Bytes of a bill of materials.
const MAX_BILL: u64 = 512 << 20;

/// Bytes of an archive that the engine writes.
const MAX_ARCHIVE: u64 = 64 << 30;

/// An index may lead to another one, but not for ever.
const MAX_INDEXES: usize = 4;
