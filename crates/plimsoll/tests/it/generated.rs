//! Files of the documentation that the program prints itself. A file that is not current is mended,
//! and the test fails once, so that the change is seen and committed.

use std::fs;

use crate::support::{Folder, repository};

#[test]
fn printed_documents_are_current() {
    let table = [
        ("schema settings", "docs/schema/settings.json"),
        ("schema report", "docs/schema/report.json"),
        ("schema image", "docs/schema/image.json"),
        ("schema image-comparison", "docs/schema/image-comparison.json"),
        ("schema image-recommendation", "docs/schema/image-recommendation.json"),
        ("schema secrets", "docs/schema/secrets.json"),
        ("schema database", "docs/schema/database.json"),
        ("rules --format markdown", "docs/rules.md"),
    ];
    let folder = Folder::new(&[]);
    let mut mended = Vec::new();
    for (words, name) in table {
        let path = repository().join(name);
        let text = folder.run(words).expect(0).out;
        if fs::read_to_string(&path).ok().as_ref() != Some(&text) {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            mended.push(name);
        }
    }
    assert!(mended.is_empty(), "not current, and mended now: {mended:?}");
}
