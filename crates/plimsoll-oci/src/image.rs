//! The configuration of an image: what it runs, as whom, and how its layers came about.
//!
//! Knows nothing of what is good or bad in it. Texts here may hold secrets and are never printed by
//! `Debug`.

use std::{collections::BTreeMap, fmt};

use serde_json::{Map, Value};

use crate::{
    digest::Digest,
    history::{HistoryLine, LayerOrigin, layer_origins},
    json,
    manifest::{ManifestError, platform},
    platform::Platform,
};

/// The longest configuration that is read.
pub const MAX_CONFIG_BYTES: u64 = 16 << 20;

/// The configuration of an image.
#[derive(Clone, PartialEq, Eq)]
pub struct ImageConfig {
    /// What machine it is for.
    pub platform: Platform,
    /// When it was built, as it is written.
    pub created: Option<String>,
    /// Who built it.
    pub author: Option<String>,
    /// What a container of it gets.
    pub runtime: RuntimeConfig,
    /// How it was built, the first step first.
    pub history: Vec<HistoryLine>,
    /// Digests of the plain layers, the lowest first.
    pub diff_ids: Vec<Digest>,
}

/// What a container gets if nobody says otherwise.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RuntimeConfig {
    /// User and group; empty is root.
    pub user: String,
    /// `NAME=value`, as they stand.
    pub environment: Vec<String>,
    /// `CMD`.
    pub command: Vec<String>,
    /// `ENTRYPOINT`.
    pub entrypoint: Vec<String>,
    /// `WORKDIR`; empty is `/`.
    pub working_folder: String,
    /// `LABEL`.
    pub labels: BTreeMap<String, String>,
    /// `EXPOSE`: `80/tcp`, in order.
    pub exposed_ports: Vec<String>,
    /// `VOLUME`, in order.
    pub volumes: Vec<String>,
    /// `HEALTHCHECK`.
    pub healthcheck: Option<Healthcheck>,
    /// `STOPSIGNAL`.
    pub stop_signal: Option<String>,
    /// `SHELL`.
    pub shell: Vec<String>,
    /// `ONBUILD`.
    pub on_build: Vec<String>,
}

/// How Docker asks a container whether it is well. Times are in nanoseconds; 0 is the default.
#[derive(Clone, PartialEq, Eq)]
pub struct Healthcheck {
    /// `CMD` or `CMD-SHELL` and what follows; `NONE` switches off that of the base.
    pub test: Vec<String>,
    /// From one check to the next.
    pub interval: u64,
    /// How long one may take.
    pub timeout: u64,
    /// How long failures do not count at first.
    pub start_period: u64,
    /// How many failures make a container unhealthy.
    pub retries: u64,
}

impl ImageConfig {
    /// Which step made which of `n_layers` layers, the first step first.
    pub fn origins(&self, n_layers: usize) -> Vec<LayerOrigin> {
        layer_origins(&self.history, n_layers)
    }
}

/// Reads the configuration of an image; what is missing is empty.
pub fn read_config(bytes: &[u8]) -> Result<ImageConfig, ManifestError> {
    let object = json::object(bytes).map_err(ManifestError::Json)?;
    let mut diff_ids = Vec::new();
    for text in
        json::child(&object, "rootfs").map(|it| json::texts(it, "diff_ids")).unwrap_or_default()
    {
        let digest = text.parse();
        diff_ids.push(digest.map_err(|_| ManifestError::Digest(text.chars().take(160).collect()))?);
    }
    let mut history = Vec::new();
    for line in json::children(&object, "history") {
        if history.len() >= MAX_HISTORY {
            return Err(ManifestError::TooMany("steps of history"));
        }
        history.push(history_line(line));
    }
    Ok(ImageConfig {
        platform: platform(&object),
        created: json::text(&object, "created"),
        author: json::text(&object, "author"),
        runtime: json::child(&object, "config").map(runtime).unwrap_or_default(),
        history,
        diff_ids,
    })
}

/// Reads what Docker kept beside each layer before images had a configuration: as a configuration
/// with one step of history, and the name of the layer below.
pub(crate) fn read_first_config(
    bytes: &[u8],
) -> Result<(ImageConfig, Option<String>), ManifestError> {
    let mut config = read_config(bytes)?;
    let object = json::object(bytes).map_err(ManifestError::Json)?;
    let container = json::child(&object, "container_config");
    let created_by = container.map(|it| json::texts(it, "Cmd").join(" ")).unwrap_or_default();
    config.history = vec![HistoryLine {
        created: config.created.clone(),
        created_by,
        author: config.author.clone(),
        comment: json::text(&object, "comment"),
        is_empty_layer: false,
    }];
    Ok((config, json::text(&object, "parent")))
}

fn history_line(object: &Map<String, Value>) -> HistoryLine {
    HistoryLine {
        created: json::text(object, "created"),
        created_by: json::text(object, "created_by").unwrap_or_default(),
        author: json::text(object, "author"),
        comment: json::text(object, "comment"),
        is_empty_layer: object.get("empty_layer").and_then(Value::as_bool).unwrap_or(false),
    }
}

fn runtime(object: &Map<String, Value>) -> RuntimeConfig {
    RuntimeConfig {
        user: json::text(object, "User").unwrap_or_default(),
        environment: json::texts(object, "Env"),
        command: json::texts(object, "Cmd"),
        entrypoint: json::texts(object, "Entrypoint"),
        working_folder: json::text(object, "WorkingDir").unwrap_or_default(),
        labels: json::text_map(object, "Labels"),
        exposed_ports: json::keys(object, "ExposedPorts"),
        volumes: json::keys(object, "Volumes"),
        healthcheck: json::child(object, "Healthcheck").map(healthcheck),
        stop_signal: json::text(object, "StopSignal"),
        shell: json::texts(object, "Shell"),
        on_build: json::texts(object, "OnBuild"),
    }
}

fn healthcheck(object: &Map<String, Value>) -> Healthcheck {
    let number = |key| object.get(key).and_then(Value::as_u64).unwrap_or(0);
    Healthcheck {
        test: json::texts(object, "Test"),
        interval: number("Interval"),
        timeout: number("Timeout"),
        start_period: number("StartPeriod"),
        retries: number("Retries"),
    }
}

impl fmt::Debug for ImageConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImageConfig")
            .field("platform", &self.platform)
            .field("created", &self.created)
            .field("diff_ids", &self.diff_ids)
            .field("n_history", &self.history.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for RuntimeConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuntimeConfig").field("user", &self.user).finish_non_exhaustive()
    }
}

impl fmt::Debug for Healthcheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Healthcheck").field("retries", &self.retries).finish_non_exhaustive()
    }
}

/// Steps of a build.
const MAX_HISTORY: usize = 10_000;
