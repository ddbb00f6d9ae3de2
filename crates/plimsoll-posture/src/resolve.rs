//! Brings a project's Dockerfiles and daemon settings to its services.

use std::sync::Arc;

use plimsoll_dockerfile::Dockerfile;

use crate::{built_image::BuiltImage, daemon::DaemonDefaults, network::Project, service::Build};

impl Project {
    /// Gives each service what its Dockerfile says of the image, where `dockerfile` can find it,
    /// and all of them the settings of the daemon.
    pub fn resolve(
        &mut self,
        dockerfile: &dyn Fn(&Build) -> Option<Arc<Dockerfile>>,
        daemon: Option<&Arc<DaemonDefaults>>,
    ) {
        for service in &mut self.services {
            service.daemon = daemon.cloned();
            let Some(build) = &service.build else { continue };
            let target = build.target.as_ref().map(|it| it.value.as_str());
            let image = dockerfile(build).and_then(|it| BuiltImage::read(&it, target));
            service.built_image = image.map(Arc::new);
        }
    }
}

impl Build {
    /// The path of the Dockerfile relative to the project's folder; `None` for a context that is an
    /// address.
    pub fn dockerfile_path(&self) -> Option<String> {
        let context = self.context.value.as_str();
        if context.contains("://") || context.starts_with("git@") {
            return None;
        }
        let file = self.dockerfile.as_ref().map_or("Dockerfile", |it| it.value.as_str());
        if file.starts_with('/') {
            return Some(file.to_owned());
        }
        Some(format!("{}/{file}", context.trim_end_matches('/')))
    }
}
