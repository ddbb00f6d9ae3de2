//! Compose projects: the files of the Compose Specification, loaded, merged and typed.
//!
//! The same model as `docker compose config` comes to, but every value still knows the file and
//! line that set it. Opens nothing and judges nothing.

mod issue;
mod item;
mod located;
mod interpolate;
mod short;
mod schema;
mod canonical;
mod merge;
mod load;
mod service;
mod project;
mod json;

pub use crate::compose::{
    interpolate::{Environment, Variable as EnvironmentVariable},
    issue::{Issue, IssueKind, ProjectGap},
    item::{Data, Field, Item, MergeTag},
    load::{ComposeInput, Resolver, Settings, load_project},
    located::{Located, Variable, VariableOrigin},
    project::{Network, Project, ProjectFile, Secret, Volume},
    service::{
        Build, Dependency, Deploy, Device, EnvFileUse, Grant, Healthcheck, Limits, Logging, Mount,
        Namespaces, NetworkUse, Port, Resources, Service, Ulimit, Watch,
    },
    short::{parse_bytes, parse_duration},
};

#[cfg(test)]
mod tests;
