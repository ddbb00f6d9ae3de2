//! `requirements.txt` and its like: what is pinned to one version, and from which version on
//! others are allowed.

use plimsoll_package::PackageKind;

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format, file_name, folder, is_below},
        python_name::{pin, range},
        reading::{keep, read_text, stated},
    },
};

/// Requirements for pip.
pub(crate) const FORMAT: Format = Format {
    name: "python-requirements",
    files: Files::ending(&[".txt"]).within(is_requirements),
    read,
};

fn is_requirements(path: &str) -> bool {
    let name = file_name(path);
    let is_named = name.contains("requirements") || name == "constraints.txt";
    let is_in_folder = file_name(folder(path)) == "requirements";
    // What packages carry along says nothing about this tree.
    (is_named || is_in_folder)
        && !is_below(path, "site-packages")
        && !is_below(path, "dist-packages")
        && !is_below(path, "node_modules")
}

fn read(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(text) = read_text(file, facts) else { return };
    let development = is_for_development(file_name(file.path()));
    for line in joined_lines(&text) {
        let line = line.split(" #").next().unwrap_or_default().trim();
        if line.starts_with('-') {
            note_reference(line, facts);
            continue;
        }
        // Options of one requirement (`--hash=...`) stand behind it.
        let requirement = line.split(" --").next().unwrap_or_default();
        let requirement = requirement.split('#').next().unwrap_or_default();
        let (name, version, range) = match (pin(requirement), range(requirement)) {
            (Some((name, version)), _) => (name, version.to_owned(), None),
            (None, Some((name, lowest, range))) => (name, lowest, Some(range.to_owned())),
            (None, None) => continue,
        };
        let mut package = stated(PackageKind::PyPi, name, version, file);
        package.development = development;
        package.range = range;
        keep(package, facts);
    }
}

/// Whether the file's name says that it is for developing or testing.
fn is_for_development(name: &str) -> bool {
    let mut words = name.split(|it: char| !it.is_ascii_alphanumeric());
    words.any(|it| matches!(it, "dev" | "devel" | "development" | "test" | "tests" | "testing"))
}

/// Tells of a file that is referred to and would not be read by its own name.
fn note_reference(line: &str, facts: &mut FileFacts) {
    let options = ["-r", "-c", "--requirement", "--constraint"];
    let Some((option, path)) = line.split_once([' ', '=']) else { return };
    let path = path.trim();
    if options.contains(&option) && !(path.ends_with(".txt") && is_requirements(path)) {
        facts.gap(format!("refers to `{path}`, which is not read"));
    }
}

/// The lines, those that end with a backslash joined with the next.
fn joined_lines(text: &str) -> Vec<String> {
    let mut res: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in text.lines() {
        let head = line.trim_end().strip_suffix('\\');
        let content = head.unwrap_or(line);
        match res.last_mut() {
            Some(last) if goes_on => last.push_str(content),
            _ => res.push(content.to_owned()),
        }
        goes_on = head.is_some();
    }
    res
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::{check, check_torn, check_wants};

    #[test]
    fn which_files_are_requirements() {
        check_wants(
            &FORMAT,
            &[
                ("app/requirements.txt", true),
                ("app/dev-requirements.txt", true),
                ("app/requirements/base.txt", true),
                ("usr/lib/python3/site-packages/a/requirements.txt", false),
                ("app/notes.txt", false),
            ],
        );
    }

    const TEXT: &str = "# a==0\na==1.0 # why\nf==6.0#why\nb[x]==2.0 \\\n  --hash=sha256:00 \\\n  --hash=sha256:01\n\
        c>=3\nd==4.* ; python_version<'3'\n-r base.in\n-c constraints.txt\n-e ./here\n  e === 5.0\n";

    #[test]
    fn pins_and_ranges() {
        let expected = [
            "a@1.0",
            "f@6.0",
            "b@2.0",
            "c@3 as >=3",
            "d@4.0 as ==4.*",
            "e@5.0",
            "gap: refers to `base.in`, which is not read",
        ];
        check(&FORMAT, "requirements.txt", TEXT, &expected);
    }

    #[test]
    fn names_say_development() {
        check(&FORMAT, "requirements-dev.txt", "a==1", &["a@1 development"]);
        check(&FORMAT, "requirements-device.txt", "a==1", &["a@1"]);
    }

    #[test]
    fn torn_files_do_no_harm() {
        check_torn(&FORMAT, "requirements.txt", TEXT.as_bytes());
    }
}
