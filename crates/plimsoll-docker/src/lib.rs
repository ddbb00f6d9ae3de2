//! The hand that talks to a container engine: finds its socket as the Docker CLI does, and reads.
//!
//! Nothing here can change an engine: the only request that can be made is `GET`. Answers stay raw
//! JSON, since engines of API versions 1.41 to 1.56 differ in their fields. Knows no rule.
#![expect(
    clippy::disallowed_types,
    reason = "this hand is where the ban on sockets, files and processes is lifted"
)]

mod endpoint;
mod error;
mod http;
mod stream;
mod engine;
mod session;
mod graph;

pub use crate::{
    endpoint::{Endpoint, TlsFiles, find_endpoint, parse_host},
    engine::{Engine, Limits},
    error::Error,
    graph::{ContainerFolders, container_folders, image_folders},
    http::Body,
    session::Session,
};
