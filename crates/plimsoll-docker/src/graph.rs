//! Where a local engine keeps the layers of an image or a container, by its own word.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The folders of the layers of an image, lowest first, as `GET /images/NAME/json` states them for
/// the overlay2 driver. `None` if another driver keeps them, or if their number is not that of the
/// image's layers.
pub fn image_folders(inspected: &Value) -> Option<Vec<PathBuf>> {
    let folders = overlay_folders(inspected)?;
    let n_layers = inspected.pointer("/RootFS/Layers")?.as_array()?.len();
    (folders.len() == n_layers).then_some(folders)
}

/// Where the layers of a container are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerFolders {
    /// Those of its image, lowest first.
    pub image: Vec<PathBuf>,
    /// What the engine put into it at its creation (`hosts`, `resolv.conf`).
    pub init: Option<PathBuf>,
    /// What it wrote itself.
    pub writable: PathBuf,
}

/// The folders of a container, as `GET /containers/NAME/json` states them for the overlay2 driver.
pub fn container_folders(inspected: &Value) -> Option<ContainerFolders> {
    let mut image = overlay_folders(inspected)?;
    let writable = image.pop()?;
    let is_init = |it: &PathBuf| {
        it.parent()
            .and_then(Path::file_name)
            .is_some_and(|it| it.to_string_lossy().ends_with("-init"))
    };
    let init = if image.last().is_some_and(is_init) { image.pop() } else { None };
    Some(ContainerFolders { image, init, writable })
}

/// All folders of the overlay, lowest first.
fn overlay_folders(inspected: &Value) -> Option<Vec<PathBuf>> {
    if inspected.pointer("/GraphDriver/Name")?.as_str()? != "overlay2" {
        return None;
    }
    let data = inspected.pointer("/GraphDriver/Data")?;
    let upper = data.get("UpperDir")?.as_str()?;
    let lower = data.get("LowerDir").and_then(Value::as_str).unwrap_or_default();
    let mut res: Vec<PathBuf> =
        lower.split(':').filter(|it| !it.is_empty()).map(PathBuf::from).collect();
    res.reverse();
    res.push(PathBuf::from(upper));
    res.iter().all(|it| it.is_absolute()).then_some(res)
}

#[cfg(test)]
mod tests {
    use super::{container_folders, image_folders};
    use serde_json::json;
    use std::path::PathBuf;

    #[test]
    fn folders_come_lowest_first() {
        let image = json!({
            "GraphDriver": {"Name": "overlay2", "Data": {
                "LowerDir": "/d/b/diff:/d/a/diff", "UpperDir": "/d/c/diff"}},
            "RootFS": {"Layers": ["1", "2", "3"]},
        });
        let folders = image_folders(&image).unwrap();
        let expected: Vec<PathBuf> =
            ["/d/a/diff", "/d/b/diff", "/d/c/diff"].into_iter().map(PathBuf::from).collect();
        assert_eq!(folders, expected);
        let mut fewer = image.clone();
        fewer["RootFS"]["Layers"] = json!(["1"]);
        assert_eq!(image_folders(&fewer), None);
        let mut other = image;
        other["GraphDriver"]["Name"] = json!("btrfs");
        assert_eq!(image_folders(&other), None);
    }

    #[test]
    fn a_container_has_an_own_and_a_prepared_layer_on_top() {
        let container = json!({"GraphDriver": {"Name": "overlay2", "Data": {
            "LowerDir": "/d/x-init/diff:/d/b/diff:/d/a/diff", "UpperDir": "/d/x/diff"}}});
        let folders = container_folders(&container).unwrap();
        assert_eq!(folders.writable, PathBuf::from("/d/x/diff"));
        assert_eq!(folders.init, Some(PathBuf::from("/d/x-init/diff")));
        assert_eq!(folders.image, [PathBuf::from("/d/a/diff"), PathBuf::from("/d/b/diff")]);
    }
}
