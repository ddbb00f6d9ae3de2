//! The library of Docker official images: for each repository, which tags name the same image
//! (<https://github.com/docker-library/official-images>, folder `library`).
//!
//! What an image is built on stands in its Dockerfile, not here.

use plimsoll_vuln::{ImageRepository, TagGroup};

use crate::{
    error::FeedError,
    sink::{Fact, LeftOut, Sink},
};

/// Reads the file of one repository, which is called as the file is.
pub fn read_official_images(
    name: &str,
    bytes: &[u8],
    sink: &mut Sink<'_>,
) -> Result<(), FeedError> {
    let text = std::str::from_utf8(bytes).map_err(|it| FeedError::new(name, it))?;
    let mut groups = Vec::new();
    let mut default_architectures = vec!["amd64".to_owned()];
    for (index, fields) in paragraphs(text).into_iter().enumerate() {
        let list = |key: &str| {
            let field = fields.iter().find(|it| it.0.eq_ignore_ascii_case(key));
            field.map(|it| words(&it.1)).unwrap_or_default()
        };
        let architectures = list("Architectures");
        let (tags, shared_tags) = (list("Tags"), list("SharedTags"));
        if tags.is_empty() && shared_tags.is_empty() {
            // The first paragraph holds for all others.
            if index == 0 && !architectures.is_empty() {
                default_architectures = architectures;
            }
            continue;
        }
        if groups.len() >= MAX_GROUPS {
            sink.leave_out(LeftOut::TooMany, 1);
            continue;
        }
        groups.push(TagGroup {
            tags,
            shared_tags,
            architectures: if architectures.is_empty() {
                default_architectures.clone()
            } else {
                architectures
            },
            from: String::new(),
        });
    }
    // An image that is given up keeps its file, without tags.
    let is_given_up = text.lines().any(|it| it.starts_with("Maintainers:") || it.starts_with('#'));
    if groups.is_empty() && !is_given_up {
        return Err(FeedError::new(name, "it names no tags"));
    }
    let file = name.rsplit('/').next().unwrap_or(name);
    sink.fact(Fact::Repository(ImageRepository { name: file.to_owned(), groups }));
    Ok(())
}

/// Paragraphs of `Key: value` lines; a line that begins with a blank goes on with the one before.
fn paragraphs(text: &str) -> Vec<Vec<(&str, String)>> {
    let mut res = vec![Vec::new()];
    for line in text.trim_start_matches('\u{feff}').lines().filter(|it| !it.starts_with('#')) {
        let Some(fields) = res.last_mut() else { break };
        if line.trim().is_empty() {
            if !fields.is_empty() {
                res.push(Vec::new());
            }
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                let value: &mut String = value;
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((key, value)) = line.split_once(':') {
            fields.push((key.trim(), value.trim().to_owned()));
        }
    }
    res
}

fn words(list: &str) -> Vec<String> {
    list.split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

/// Images of one repository; the largest has some hundred.
const MAX_GROUPS: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::read_official_images;
    use crate::sink::{Fact, Sink, Tally};

    #[test]
    fn tags_of_each_image_are_read() {
        let text = "# made by a script\nMaintainers: A <a@example.org>,\n             B\n\
            Architectures: amd64, arm64v8\nGitRepo: https://example.org/a.git\n\n\
            Tags: 2.1-bookworm, 2-bookworm\nSharedTags: 2.1, 2,\n latest\nGitCommit: 1\n\n\n\
            # older\nTags: 1\nArchitectures: s390x\n";
        let (mut facts, mut tally) = (Vec::new(), Tally::default());
        let mut take = |it| facts.push(it);
        let mut sink = Sink::new(&mut tally, &mut take);
        read_official_images("library/a", text.as_bytes(), &mut sink).unwrap();
        assert!(read_official_images("a", b"GitRepo: x\n", &mut sink).is_err());
        assert!(read_official_images("a", b"# end of life\n", &mut sink).is_ok());
        let Fact::Repository(repository) = &facts[0] else { panic!("a repository") };
        assert_eq!(repository.name, "a");
        let [new, old] = repository.groups.as_slice() else { panic!("two images") };
        assert_eq!(new.tags, ["2.1-bookworm", "2-bookworm"]);
        assert_eq!(new.shared_tags, ["2.1", "2", "latest"]);
        assert_eq!(new.architectures, ["amd64", "arm64v8"]);
        assert_eq!(old.architectures, ["s390x"]);
    }
}
