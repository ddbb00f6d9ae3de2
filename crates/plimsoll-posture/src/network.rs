//! A compose project: its services, and what they share.

use std::collections::BTreeMap;

use plimsoll_text::Location;

use crate::service::Service;

/// A compose project after merging and interpolation.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// `name`, or the folder's.
    pub name: String,
    /// The services in the order of the file.
    pub services: Vec<Service>,
    /// Top-level `networks`, by name.
    pub networks: BTreeMap<String, Network>,
    /// Top-level `volumes`, by name.
    pub volumes: BTreeMap<String, TopLevel>,
    /// Top-level `secrets`, by name.
    pub secrets: BTreeMap<String, TopLevel>,
    /// Top-level `configs`, by name.
    pub configs: BTreeMap<String, TopLevel>,
}

/// A network of a project.
#[derive(Clone, Debug)]
pub struct Network {
    /// Its key.
    pub place: Location,
    /// `external`
    pub is_external: bool,
    /// `internal`
    pub is_internal: bool,
    /// `driver`
    pub driver: Option<String>,
    /// `driver_opts`
    pub options: BTreeMap<String, String>,
}

/// A volume, secret or config of a project.
#[derive(Clone, Debug)]
pub struct TopLevel {
    /// Its key.
    pub place: Location,
    /// `external`
    pub is_external: bool,
    /// `file`, as written.
    pub file: Option<String>,
    /// `environment`: the variable that holds it.
    pub environment: Option<String>,
    /// `driver_opts`, for volumes that are bind mounts in disguise.
    pub options: BTreeMap<String, String>,
}
