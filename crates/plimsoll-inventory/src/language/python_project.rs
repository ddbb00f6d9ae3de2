//! `pyproject.toml`, `setup.cfg` and `setup.py`: what a Python project pins to one version.

use plimsoll_package::PackageKind;
use toml::{Table, Value};

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format},
        python_name::pin,
        reading::{keep, read_text, read_toml, stated},
    },
};

/// The project file.
pub(crate) const PYPROJECT: Format = Format {
    name: "python-project",
    files: Files::named(&["pyproject.toml"]),
    read: read_pyproject,
};

/// The settings of setuptools.
pub(crate) const SETUP: Format =
    Format { name: "python-setup", files: Files::named(&["setup.cfg"]), read: read_setup };

/// The script of setuptools.
pub(crate) const SCRIPT: Format =
    Format { name: "python-setup-script", files: Files::named(&["setup.py"]), read: read_script };

fn read_pyproject(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(project) = read_toml(file, facts) else { return };
    let own = find(&project, &["project"]);
    for requirement in own.and_then(|it| it.get("dependencies")).into_iter().flat_map(words) {
        keep_pin(requirement, false, file, facts);
    }
    for (path, development) in
        [(&["project", "optional-dependencies"][..], false), (&["dependency-groups"], true)]
    {
        let groups = find(&project, path).into_iter().flat_map(Table::values);
        for requirement in groups.flat_map(words) {
            keep_pin(requirement, development, file, facts);
        }
    }
    let poetry = ["tool", "poetry", "dependencies"];
    keep_poetry(find(&project, &poetry), false, file, facts);
    let poetry = ["tool", "poetry", "dev-dependencies"];
    keep_poetry(find(&project, &poetry), true, file, facts);
    let groups = find(&project, &["tool", "poetry", "group"]).into_iter().flat_map(Table::values);
    for group in groups.filter_map(Value::as_table) {
        keep_poetry(find(group, &["dependencies"]), true, file, facts);
    }
}

fn keep_pin(requirement: &str, development: bool, file: &InputFile<'_>, facts: &mut FileFacts) {
    if let Some((name, version)) = pin(requirement) {
        let mut package = stated(PackageKind::PyPi, name, version, file);
        package.development = development;
        keep(package, facts);
    }
}

/// Poetry's own table: `name = "1.0"` and `name = { version = "==1.0" }` mean exactly that version.
fn keep_poetry(
    table: Option<&Table>,
    development: bool,
    file: &InputFile<'_>,
    facts: &mut FileFacts,
) {
    for (name, value) in table.into_iter().flatten().filter(|it| it.0 != "python") {
        let version = value.as_str().or_else(|| value.as_table()?.get("version")?.as_str());
        let version = version.unwrap_or_default().trim_start_matches('=').trim();
        keep_pin(&format!("{name}=={version}"), development, file, facts);
    }
}

fn read_setup(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(text) = read_text(file, facts) else { return };
    let (mut section, mut is_list) = ("", false);
    for line in text.lines() {
        let content = line.split(" #").next().unwrap_or_default();
        if let Some(name) = content.strip_prefix('[') {
            (section, is_list) = (name.trim_end().trim_end_matches(']'), false);
        } else if content.starts_with([' ', '\t']) {
            if is_list {
                keep_pin(content, false, file, facts);
            }
        } else if let Some((key, value)) = content.split_once('=') {
            is_list = section == "options" && key.trim() == "install_requires"
                || section == "options.extras_require";
            if is_list {
                keep_pin(value, false, file, facts);
            }
        }
    }
}

/// A script is not run; only requirements that stand there as quoted words count.
fn read_script(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(text) = read_text(file, facts) else { return };
    for line in text.lines().filter(|it| !it.trim_start().starts_with('#')) {
        // Quotes within quotes only cut a word into more words, of which none is a pin.
        for word in line.split(['"', '\'']).skip(1).step_by(2) {
            if !word.contains(['{', '%']) {
                keep_pin(word, false, file, facts);
            }
        }
    }
}

fn find<'a>(table: &'a Table, path: &[&str]) -> Option<&'a Table> {
    path.iter().try_fold(table, |table, key| table.get(*key)?.as_table())
}

fn words(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::check;

    #[test]
    fn pins_of_a_project() {
        let text = r#"
            [project]
            name = "app"
            version = "1.0"
            dependencies = ["a==1.0", "b>=2"]
            [project.optional-dependencies]
            x = ["c==3.0"]
            [dependency-groups]
            dev = ["d==4.0", { include-group = "x" }]
            [tool.poetry.dependencies]
            python = "3.12"
            e = "5.0"
            f = "^6"
            g = { version = "==7.0", optional = true }
            [tool.poetry.group.dev.dependencies]
            h = "8.0""#;
        let expected =
            ["a@1.0", "c@3.0", "d@4.0 development", "e@5.0", "g@7.0", "h@8.0 development"];
        check(&PYPROJECT, "pyproject.toml", text, &expected);
    }

    #[test]
    fn pins_of_a_script() {
        let text = "setup(\n  name='x', version='9',\n  install_requires=['a==1.0', \"b>=2\",\n\
            'c[x] == 3.0; python_version<\"3\"',\n  # 'd==4.0'\n  'e==%s' % E, f'f=={F}'])\n";
        check(&SCRIPT, "setup.py", text, &["a@1.0", "c@3.0"]);
    }

    #[test]
    fn pins_of_setuptools() {
        let text = "[options]\ninstall_requires =\n    a==1.0\n    b>=2\npython_requires = ==3.0\n\
            [options.extras_require]\nx = c==3.0\n[metadata]\nname = d==4\n";
        check(&SETUP, "setup.cfg", text, &["a@1.0", "c@3.0"]);
    }
}
