//! `RECORD` of a `dist-info` folder: which files an installed Python package owns.

use crate::{
    extractor::InputFile,
    facts::{FileFacts, OwnedFile, OwnedFiles},
    language::{
        format::{Files, Format, file_name, folder},
        reading::read_text,
    },
};

/// The record of a package's files.
pub(crate) const FORMAT: Format =
    Format { name: "python-record", files: Files::named(&["RECORD"]).within(is_installed), read };

/// No more files than this are taken of one package.
const MAX_FILES: usize = 200_000;

fn is_installed(path: &str) -> bool {
    file_name(folder(path)).to_ascii_lowercase().ends_with("dist-info")
}

fn read(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(text) = read_text(file, facts) else { return };
    let info = folder(file.path());
    let base = folder(info);
    let stem = file_name(info);
    let stem = stem.get(..stem.len() - "dist-info".len()).unwrap_or(stem).trim_end_matches('.');
    let package = stem.rsplit_once('-').map_or(stem, |it| it.0).to_owned();
    let mut files: Vec<_> = text.lines().filter_map(|it| owned_file(it, base)).collect();
    if files.len() > MAX_FILES {
        files.truncate(MAX_FILES);
        facts.gap(format!("lists more than {MAX_FILES} files"));
    }
    if !files.is_empty() {
        facts.owned.push(OwnedFiles { package, files });
    }
}

/// A line `path,sha256=digest,size`; the path is relative to the folder of the packages, and quoted
/// if it has a comma.
fn owned_file(line: &str, base: &str) -> Option<OwnedFile> {
    let (path, rest) = match line.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        None => line.split_once(',').unwrap_or((line, "")),
    };
    let digest = rest.trim_start_matches(',').split(',').next().unwrap_or_default();
    Some(OwnedFile { path: resolve(base, path.trim())?, digest: hex_digest(digest) })
}

/// `path` as seen from `base`, `.` and `..` undone; `None` if it leads out of the root.
fn resolve(base: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    let start = if path.starts_with('/') { "" } else { base };
    for part in start.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            _ => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// `sha256=` and base64 for addresses, as `sha256:` and hexadecimal; empty if it is anything else.
fn hex_digest(digest: &str) -> String {
    let Some(encoded) = digest.strip_prefix("sha256=") else { return String::new() };
    let (mut bits, mut n_bits, mut hex) = (0_u32, 0, String::from("sha256:"));
    for byte in encoded.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return String::new(),
        };
        bits = (bits << 6) | u32::from(value);
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            for shift in [n_bits + 4, n_bits] {
                hex.extend(char::from_digit((bits >> shift) & 0xf, 16));
            }
        }
        bits &= 0xffff;
    }
    let is_whole = hex.len() == "sha256:".len() + 64;
    if is_whole { hex } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::check;

    #[test]
    fn paths_and_digests() {
        let text = "../../../bin/a,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n\
            a/__init__.py,,\n\"a/x,y.py\",sha256=short,1\n../../../../../../etc/passwd,,\n";
        let expected = ["a owns usr/bin/a \
            sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855, \
            usr/lib/python3/site-packages/a/__init__.py, \
            usr/lib/python3/site-packages/a/x,y.py "];
        check(&FORMAT, "usr/lib/python3/site-packages/a-1.0.dist-info/RECORD", text, &expected);
    }
}
