//! The name of an image: registry, repository, tag, digest. Knows no registry and asks none.

use plimsoll_text::Span;

/// An image name taken apart. Variables (`$X`, `${X:-y}`) are kept whole and belong to the part
/// they stand in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageReference {
    /// As written.
    pub text: String,
    /// Host and perhaps port of the registry; `None` means Docker Hub.
    pub registry: Option<ReferencePart>,
    /// The path of the repository, without registry, tag and digest.
    pub repository: ReferencePart,
    /// What follows the colon.
    pub tag: Option<ReferencePart>,
    /// What follows the `@`, such as `sha256:...`.
    pub digest: Option<ReferencePart>,
}

/// One part of an image name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferencePart {
    /// As written.
    pub text: String,
    /// Where it stands, counted as [`ImageReference::parse_at`] was told.
    pub span: Span,
}

impl ReferencePart {
    /// Whether it holds a variable.
    pub fn has_variable(&self) -> bool {
        self.text.contains('$')
    }
}

/// Why a text cannot name an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReferenceProblem {
    /// The repository is empty or longer than 255 bytes.
    RepositoryLength,
    /// The repository holds a capital letter.
    RepositoryCase,
    /// The repository holds a character or an order of separators that is not allowed.
    RepositoryForm,
    /// The tag is empty, longer than 128 bytes, or holds a character that is not allowed.
    Tag,
    /// The digest is not of the form `algorithm:hex`.
    Digest,
}

impl ImageReference {
    /// Takes `text` apart; spans count from its start. `None` if it is empty or holds white space.
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_at(text, 0)
    }

    /// Takes `text` apart, which stands at `offset` of some source.
    pub fn parse_at(text: &str, offset: usize) -> Option<Self> {
        if text.is_empty() || text.contains(char::is_whitespace) {
            return None;
        }
        let part = |start: usize, end: usize| ReferencePart {
            text: text.get(start..end).unwrap_or_default().to_owned(),
            span: Span::new(offset + start, offset + end),
        };
        let marks = Marks::find(text);
        let name_end = marks.at.unwrap_or(text.len());
        let digest = marks.at.map(|it| part(it + 1, text.len()));
        let tag = marks.colon.map(|it| part(it + 1, name_end));
        let path_end = marks.colon.unwrap_or(name_end);
        let slash = marks.slash.filter(|it| is_registry(text.get(..*it).unwrap_or_default()));
        let registry = slash.map(|it| part(0, it));
        let repository = part(slash.map_or(0, |it| it + 1), path_end);
        Some(Self { text: text.to_owned(), registry, repository, tag, digest })
    }

    /// The registry's host, Docker Hub's in its common form (`docker.io`) where none is named.
    pub fn registry_host(&self) -> &str {
        match self.registry.as_ref().map(|it| it.text.as_str()) {
            None | Some("index.docker.io" | "registry-1.docker.io") => DOCKER_HUB,
            Some(host) => host,
        }
    }

    /// Registry and repository in full: `docker.io/library/alpine`.
    pub fn full_name(&self) -> String {
        let host = self.registry_host();
        let repository = &self.repository.text;
        let is_official = host == DOCKER_HUB
            && !repository.contains('/')
            && !(self.registry.is_none() && self.repository.has_variable());
        if is_official {
            format!("{host}/library/{repository}")
        } else {
            format!("{host}/{repository}")
        }
    }

    /// The name as people write it: without Docker Hub's host and `library/`, tag and digest.
    pub fn familiar_name(&self) -> String {
        let mut res = self.full_name();
        let on_hub = res.strip_prefix("docker.io/");
        let official = on_hub.and_then(|it| it.strip_prefix("library/"));
        let n_left = official.or(on_hub).unwrap_or(&res).len();
        res.drain(..res.len() - n_left);
        res
    }

    /// Everything in full, tag and digest as written: `docker.io/library/alpine:3.20`.
    pub fn normalized(&self) -> String {
        let mut res = self.full_name();
        for (sign, part) in [(':', &self.tag), ('@', &self.digest)] {
            if let Some(part) = part {
                res.push(sign);
                res.push_str(&part.text);
            }
        }
        res
    }

    /// The last component of the repository: `alpine` of `docker.io/library/alpine`.
    pub fn base_name(&self) -> &str {
        self.repository.text.rsplit('/').next().unwrap_or_default()
    }

    /// Whether any part holds a variable.
    pub fn has_variable(&self) -> bool {
        self.text.contains('$')
    }

    /// Why it cannot name an image; `None` if it can, or if a variable leaves that open.
    pub fn problem(&self) -> Option<ReferenceProblem> {
        repository_problem(&self.repository)
            .or_else(|| self.tag.as_ref().filter(|it| !is_tag(it)).map(|_| ReferenceProblem::Tag))
            .or_else(|| {
                let bad = self.digest.as_ref().filter(|it| !is_digest(it));
                bad.map(|_| ReferenceProblem::Digest)
            })
    }
}

/// Where the signs stand that part an image name, those inside `${...}` not counted.
#[derive(Default)]
struct Marks {
    slash: Option<usize>,
    /// The last colon after the last slash.
    colon: Option<usize>,
    at: Option<usize>,
}

impl Marks {
    fn find(text: &str) -> Self {
        let mut res = Self::default();
        let mut depth = 0_usize;
        let mut before = 0_u8;
        for (idx, byte) in text.bytes().enumerate() {
            match byte {
                b'{' if before == b'$' || depth > 0 => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                _ if depth > 0 || res.at.is_some() => {}
                b'/' => {
                    res.slash = res.slash.or(Some(idx));
                    res.colon = None;
                }
                b':' => res.colon = res.colon.or(Some(idx)),
                b'@' => res.at = Some(idx),
                _ => {}
            }
            before = byte;
        }
        res
    }
}

/// Whether the first component of a name is a registry rather than a part of the repository. One
/// that is a variable alone mostly is.
fn is_registry(component: &str) -> bool {
    component.contains(['.', ':'])
        || component == "localhost"
        || component.starts_with('$')
        || component.chars().any(|it| it.is_ascii_uppercase())
}

fn repository_problem(repository: &ReferencePart) -> Option<ReferenceProblem> {
    let text = repository.text.as_str();
    if repository.has_variable() {
        return None;
    }
    if text.is_empty() || text.len() > MAX_REPOSITORY {
        return Some(ReferenceProblem::RepositoryLength);
    }
    if text.chars().any(|it| it.is_ascii_uppercase()) {
        return Some(ReferenceProblem::RepositoryCase);
    }
    let fine = text.split('/').all(is_path_component);
    (!fine).then_some(ReferenceProblem::RepositoryForm)
}

/// Letters and digits, with single separators (`.`, `_`, `__`, dashes) between.
fn is_path_component(component: &str) -> bool {
    let is_alphanumeric = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit();
    let edges = component.starts_with(is_alphanumeric) && component.ends_with(is_alphanumeric);
    edges
        && component.split(is_alphanumeric).all(|separator| {
            matches!(separator, "" | "." | "_" | "__") || separator.chars().all(|it| it == '-')
        })
}

fn is_tag(tag: &ReferencePart) -> bool {
    let is_word = |it: char| it.is_ascii_alphanumeric() || it == '_';
    tag.has_variable()
        || (tag.text.starts_with(is_word)
            && tag.text.len() <= MAX_TAG
            && tag.text.chars().all(|it| is_word(it) || it == '.' || it == '-'))
}

fn is_digest(digest: &ReferencePart) -> bool {
    let Some((algorithm, hex)) = digest.text.split_once(':') else { return digest.has_variable() };
    let length_fits = match algorithm {
        "sha256" => hex.len() == 64,
        "sha512" => hex.len() == 128,
        _ => hex.len() >= 32 && algorithm.starts_with(|it: char| it.is_ascii_alphabetic()),
    };
    digest.has_variable() || (length_fits && hex.chars().all(|it| it.is_ascii_hexdigit()))
}

const DOCKER_HUB: &str = "docker.io";
/// The longest repository that registries take.
const MAX_REPOSITORY: usize = 255;
/// The longest tag that registries take.
const MAX_TAG: usize = 128;

#[cfg(test)]
mod tests {
    use super::{ImageReference, ReferenceProblem};

    fn dump(text: &str) -> String {
        let it = ImageReference::parse_at(text, 7).unwrap();
        let mut res = String::new();
        let parts = [("r", &it.registry), ("t", &it.tag), ("d", &it.digest)];
        for (name, part) in parts.into_iter().chain([("p", &Some(it.repository.clone()))]) {
            if let Some(part) = part {
                let span = part.span.start - 7..part.span.end - 7;
                assert_eq!(&text[span], part.text);
                res.extend([name, "=", &part.text, " "]);
            }
        }
        res + &it.normalized()
    }

    #[test]
    fn names_come_apart() {
        for (text, expected) in [
            ("alpine", "p=alpine docker.io/library/alpine"),
            ("alpine:3.20", "t=3.20 p=alpine docker.io/library/alpine:3.20"),
            ("bitnami/redis", "p=bitnami/redis docker.io/bitnami/redis"),
            ("docker.io/nginx", "r=docker.io p=nginx docker.io/library/nginx"),
            ("localhost:5000/a/b:c", "r=localhost:5000 t=c p=a/b localhost:5000/a/b:c"),
            ("ghcr.io/o/n@sha256:ab", "r=ghcr.io d=sha256:ab p=o/n ghcr.io/o/n@sha256:ab"),
            ("a:1@sha256:ab", "t=1 d=sha256:ab p=a docker.io/library/a:1@sha256:ab"),
            ("a:${V:-1/2}", "t=${V:-1/2} p=a docker.io/library/a:${V:-1/2}"),
            ("${R}/a:$V", "r=${R} t=$V p=a ${R}/a:$V"),
            ("$IMAGE", "p=$IMAGE docker.io/$IMAGE"),
            ("localhost/x", "r=localhost p=x localhost/x"),
        ] {
            assert_eq!(dump(text), expected, "{text}");
        }
        assert_eq!(ImageReference::parse(""), None);
        assert_eq!(ImageReference::parse("a b"), None);
    }

    #[test]
    fn problems_are_told() {
        let long_digest = format!("a@sha256:{}", "0".repeat(64));
        for (text, expected) in [
            ("alpine:3.20", None),
            (long_digest.as_str(), None),
            ("a__b/c-d.e", None),
            ("Debian", Some(ReferenceProblem::RepositoryCase)),
            ("a//b", Some(ReferenceProblem::RepositoryForm)),
            ("-a", Some(ReferenceProblem::RepositoryForm)),
            ("a:", Some(ReferenceProblem::Tag)),
            ("a:b:c", Some(ReferenceProblem::Tag)),
            ("a@sha256:ab", Some(ReferenceProblem::Digest)),
            (":tag", Some(ReferenceProblem::RepositoryLength)),
            ("a:$TAG", None),
        ] {
            assert_eq!(ImageReference::parse(text).unwrap().problem(), expected, "{text}");
        }
    }

    #[test]
    fn familiar_names_are_short() {
        for (text, expected) in [
            ("docker.io/library/alpine:3", "alpine"),
            ("index.docker.io/bitnami/redis", "bitnami/redis"),
            ("quay.io/a/b", "quay.io/a/b"),
        ] {
            assert_eq!(ImageReference::parse(text).unwrap().familiar_name(), expected);
        }
    }
}
