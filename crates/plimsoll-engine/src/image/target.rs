//! What a target on the command line names: an image, an archive, a folder, a container.

use std::path::{Path, PathBuf};

/// Where to look for a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// An image by reference: of the local engine, else of its registry.
    Image(String),
    /// An image of the local engine only.
    EngineImage(String),
    /// An image of its registry only.
    RegistryImage(String),
    /// A container of the local engine.
    Container(String),
    /// A file: an archive of an image, of a file system, or a bill of materials. With it the name
    /// of the image in it, where it holds several.
    File(PathBuf, Option<String>),
    /// A folder: an OCI layout or the root of a file system.
    Folder(PathBuf),
}

/// Reads a target. A scheme says what it is (`docker:`, `registry:`, `container:`, `archive:`,
/// `oci:`, `dir:`, `sbom:`); without one, what exists on disk is a file or folder, and anything
/// else an image. `archive:PATH@NAME` names one of several images.
pub(crate) fn parse_target(text: &str) -> Target {
    if let Some((scheme, rest)) = text.split_once(':') {
        match scheme {
            "docker" => return Target::EngineImage(rest.to_owned()),
            "registry" => return Target::RegistryImage(rest.to_owned()),
            "container" => return Target::Container(rest.to_owned()),
            "archive" | "docker-archive" | "oci-archive" | "sbom" | "file" => {
                return file(rest);
            }
            "dir" | "oci" | "oci-dir" => return Target::Folder(PathBuf::from(rest)),
            _ => {}
        }
    }
    let path = Path::new(text);
    if plimsoll_fs::is_folder(path) {
        return Target::Folder(path.to_owned());
    }
    if plimsoll_fs::exists(path) {
        return Target::File(path.to_owned(), None);
    }
    Target::Image(text.to_owned())
}

fn file(text: &str) -> Target {
    if !plimsoll_fs::exists(Path::new(text))
        && let Some((path, name)) = text.rsplit_once('@')
        && plimsoll_fs::exists(Path::new(path))
    {
        return Target::File(PathBuf::from(path), Some(name.to_owned()));
    }
    Target::File(PathBuf::from(text), None)
}

/// Whether a command that takes files and images alike should take `text` for an image: it does not
/// exist on disk, and reads as a reference with a tag, a digest or a registry.
pub fn names_an_image(text: &str) -> bool {
    let schemes = ["docker:", "registry:", "container:", "archive:", "docker-archive:", "oci:"];
    if schemes.iter().any(|it| text.starts_with(it)) {
        return true;
    }
    !plimsoll_fs::exists(Path::new(text))
        && !text.starts_with(['.', '/', '-'])
        && text.contains([':', '@'])
        && plimsoll_dockerfile::ImageReference::parse(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::{Target, names_an_image, parse_target};
    use std::path::PathBuf;

    #[test]
    fn a_scheme_says_what_it_is() {
        assert_eq!(parse_target("docker:web:1"), Target::EngineImage("web:1".to_owned()));
        assert_eq!(parse_target("registry:a/b"), Target::RegistryImage("a/b".to_owned()));
        assert_eq!(parse_target("container:web-1"), Target::Container("web-1".to_owned()));
        assert_eq!(parse_target("dir:/x"), Target::Folder(PathBuf::from("/x")));
        assert_eq!(parse_target("web:1"), Target::Image("web:1".to_owned()));
        assert_eq!(parse_target("/"), Target::Folder(PathBuf::from("/")));
        assert!(names_an_image("debian:12") && names_an_image("docker:x"));
        assert!(!names_an_image("src/main.rs") && !names_an_image("debian"));
    }
}
