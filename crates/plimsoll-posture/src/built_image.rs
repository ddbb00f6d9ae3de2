//! What a Dockerfile says of the image that a service is built from.

use std::sync::Arc;

use plimsoll_dockerfile::Dockerfile;

use crate::setting::Setting;

/// What a Dockerfile, or the stage of it that is built, says of the image.
#[derive(Clone, Debug)]
pub struct BuiltImage {
    /// The file.
    pub dockerfile: Arc<Dockerfile>,
    /// The stage that is built.
    pub stage: usize,
    /// The last `USER` of the stage and the stages it starts from; `None` where none is set, so that
    /// the base image decides.
    pub user: Option<Setting<String>>,
    /// Whether the base image's own user is known to be root (an official distribution image, or
    /// `scratch`).
    pub base_is_root: Option<bool>,
    /// The last `HEALTHCHECK`: `Some(false)` is `NONE`.
    pub healthcheck: Option<Setting<bool>>,
    /// `EXPOSE`: port and protocol.
    pub exposed: Vec<Setting<(u16, String)>>,
    /// `VOLUME` paths.
    pub volumes: Vec<Setting<String>>,
    /// The last `WORKDIR`.
    pub working_dir: Option<Setting<String>>,
    /// Names that `ARG` declares in stages that are built.
    pub arguments: Vec<Setting<String>>,
    /// `ENV` names and values as written.
    pub environment: Vec<(String, Setting<String>)>,
    /// The image at the bottom of the chain, variables expanded; `None` where it is not known.
    pub base: Option<Setting<String>>,
    /// `ENTRYPOINT` and `CMD` together, split into words where that is possible.
    pub command: Option<Setting<Vec<String>>>,
}
