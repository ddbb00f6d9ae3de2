//! Small archives as `docker save` writes them.

use serde_json::json;

/// A tar archive that grows.
#[derive(Clone, Default)]
pub(crate) struct Tar(Vec<u8>);

impl Tar {
    pub(crate) fn file(mut self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let content = content.as_ref();
        self.header(name, b'0', content.len(), "");
        self.0.extend(content);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    pub(crate) fn hard_link(mut self, name: &str, target: &str) -> Self {
        self.header(name, b'1', 0, target);
        self
    }

    pub(crate) fn end(mut self) -> Vec<u8> {
        self.0.extend([0; 1024]);
        self.0
    }

    fn header(&mut self, name: &str, flag: u8, size: usize, link: &str) {
        let mut block = [0; 512];
        let fields = [
            (0, name.to_owned()),
            (100, "0000644\u{0}0000000\u{0}0000000\u{0}".to_owned()),
            (124, format!("{size:011o}\u{0}00000000000\u{0}        {}", char::from(flag))),
            (157, link.to_owned()),
            (257, "ustar\u{0}00".to_owned()),
        ];
        for (at, text) in fields {
            block[at..at + text.len()].copy_from_slice(text.as_bytes());
        }
        let sum: u32 = block.iter().map(|it| u32::from(*it)).sum();
        block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        self.0.extend(block);
    }
}

/// An archive of one image with these layers, the lowest first. Whether a digest holds nobody looks
/// unless asked, so those of the layers are made up.
pub(crate) fn docker_save(layers: &[Vec<u8>]) -> Vec<u8> {
    let names: Vec<String> = (0..layers.len()).map(|it| format!("{it}/layer.tar")).collect();
    let diff_ids: Vec<String> =
        (0..layers.len()).map(|it| format!("sha256:{:064x}", it + 1)).collect();
    let config = json!({
        "architecture": "amd64", "os": "linux", "config": {"User": "1000"},
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
    });
    let manifest = json!([{"Config": "config.json", "RepoTags": ["test:1"], "Layers": names}]);
    let mut res = Tar::default();
    for (name, layer) in names.iter().zip(layers) {
        res = res.file(name, layer);
    }
    res.file("config.json", config.to_string()).file("manifest.json", manifest.to_string()).end()
}
