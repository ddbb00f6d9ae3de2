use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::service::ServiceSubject};

rule! {
    /// A volume of the image opens a read-only root file system.
    ///
    /// ## Why
    /// The service is read-only, yet its Dockerfile declares a volume that the compose file does
    /// not name. The engine then puts a fresh volume there: writable, executable, without a limit,
    /// and left behind when the container goes.
    ///
    /// ## Bad
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   app:
    ///     build: .
    ///     read_only: true
    ///     # ^ image-volume-under-read-only-root
    /// # file: Dockerfile
    /// FROM debian:13
    /// VOLUME /data
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   app:
    ///     build: .
    ///     read_only: true
    ///     volumes: ["data:/data/"]
    ///   scratch:
    ///     build: .
    ///     read_only: true
    ///     tmpfs: ["/data:noexec,size=16m"]
    ///   open:
    ///     build: .
    /// volumes:
    ///   data:
    /// # file: Dockerfile
    /// FROM debian:13
    /// VOLUME /data
    /// ```
    ///
    /// ## Limits
    /// Volumes of images that are not built here are not known.
    ///
    /// ## References
    /// - Dockerfile reference: `VOLUME`
    /// - CIS Docker Benchmark, section 5: read-only root file system
    "image-volume-under-read-only-root" for ServiceSubject {
        aliases: [],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.read-only-root"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    let Some(read_only) = service.read_only.as_ref().filter(|it| it.value) else { return };
    for volume in service.built_image.iter().flat_map(|it| &it.volumes) {
        let path = volume.value.trim_end_matches('/');
        let is_mounted =
            service.mounts.iter().any(|it| it.value.target.trim_end_matches('/') == path);
        if is_mounted || path.contains('$') {
            continue;
        }
        let message = format!(
            "`{path}` stays writable, since the Dockerfile makes a volume of it; mount it by name"
        );
        let mut draft = sink.report_at(subject.place(read_only), message);
        if let Some(place) = volume.location() {
            draft = draft.related_at(place.clone(), "declared here");
        }
        let _ = draft;
    }
}
