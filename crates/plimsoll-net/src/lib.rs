//! The hand that touches the network: HTTPS, registries, feeds.
//!
//! Nothing here opens a socket without a [`NetworkPermission`], which only the engine gives out,
//! and only when the user has not forbidden it. Knows no rule.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this hand is where the ban on sockets, files and processes is lifted"
)]

mod permission;
mod error;
mod http;
mod credentials;
mod challenge;
mod registry;
mod blob;
mod download;

pub use crate::{
    blob::Blob,
    credentials::{Credentials, DockerConfig},
    download::{Download, Validator},
    error::Error,
    http::{Http, HttpOptions},
    permission::NetworkPermission,
    registry::{Manifest, Registry, RegistryName},
};
