//! Ruby: Bundler's lock file and the specifications of installed gems.

use plimsoll_package::{Dependency, Package, PackageKind};

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format, is_below},
        reading::{dependency, exactly, keep, pin_dependencies, read_text, stated},
    },
};

/// Bundler's lock file.
pub(crate) const LOCK: Format = Format {
    name: "ruby-bundler-lock",
    files: Files::named(&["Gemfile.lock", "gems.locked"])
        .or_ending(&[".gemfile.lock"])
        .within(is_own),
    read: read_lock,
};

/// A gem's specification.
pub(crate) const GEMSPEC: Format = Format {
    name: "ruby-gemspec",
    files: Files::ending(&[".gemspec"]).within(is_specification),
    read: read_gemspec,
};

/// The source of a gem that `gem install` unpacked has a specification elsewhere.
fn is_specification(path: &str) -> bool {
    !is_below(path, "gems") || is_from_git(path) || is_below(path, "specifications")
}

/// Whether Bundler fetched the gem from a repository, which leaves no specification elsewhere.
fn is_from_git(path: &str) -> bool {
    path.starts_with("bundler/gems/") || path.contains("/bundler/gems/")
}

/// A lock file that an installed gem ships says nothing of this tree.
fn is_own(path: &str) -> bool {
    !is_below(path, "gems")
}

fn read_lock(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(text) = read_text(file, facts) else { return };
    let mut packages: Vec<Package> = Vec::new();
    let mut in_specs = false;
    for line in text.lines() {
        let content = line.trim();
        let indent = line.len() - line.trim_start().len();
        match indent {
            0 => in_specs = false,
            2 => in_specs = content == "specs:",
            4 if in_specs => packages.extend(locked_gem(content, file)),
            6 if in_specs => {
                let name = content.split_whitespace().next();
                let name = name.map(|it| it.trim_end_matches('!'));
                if let (Some(package), Some(name)) = (packages.last_mut(), name) {
                    package.dependencies.push(dependency(name));
                }
            }
            _ => {}
        }
    }
    for package in packages {
        keep(package, facts);
    }
    pin_dependencies(facts, exactly);
}

/// `name (1.0.0)` or `name (1.0.0-x86_64-linux)`.
fn locked_gem(content: &str, file: &InputFile<'_>) -> Option<Package> {
    let (name, version) = content.split_once(" (")?;
    let version = version.trim_end_matches(['!', ')']);
    // A gem's version has no dash; what follows one is the platform.
    let (version, platform) = version.split_once('-').unwrap_or((version, ""));
    let mut res = stated(PackageKind::Gem, name, version, file);
    res.architecture = Some(platform.to_owned()).filter(|it| !it.is_empty());
    Some(res)
}

fn read_gemspec(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(text) = read_text(file, facts) else { return };
    let is_installed = is_below(file.path(), "specifications") || is_from_git(file.path());
    let name = stub(&text, 0).or_else(|| literal(&assigned(&text, "name")?, &text));
    let version = stub(&text, 1).or_else(|| literal(&assigned(&text, "version")?, &text));
    let (Some(name), Some(version)) = (name, version) else {
        if is_installed {
            facts.gap("states name or version by code".to_owned());
        }
        return;
    };
    let mut package = Package::new(PackageKind::Gem, name, version, file.path());
    package.installed = is_installed;
    package.architecture = stub(&text, 2).filter(|it| it != "ruby");
    let words = assigned(&text, "licenses").or_else(|| assigned(&text, "license"));
    let words = words.map(|it| quoted(&it).collect::<Vec<_>>().join(" OR "));
    package.licence = words.filter(|it| !it.is_empty());
    package.dependencies = runtime_needs(&text);
    keep(package, facts);
}

/// A word of the line `# stub: name version platform paths` that RubyGems writes.
fn stub(text: &str, word: usize) -> Option<String> {
    let line = text.lines().take(8).find_map(|it| it.trim().strip_prefix("# stub: "))?;
    line.split(' ').nth(word).map(str::to_owned)
}

/// What is assigned to the field `name` of the specification, `spec.name = ...`.
fn assigned(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (left, right) = line.split_once('=')?;
        let (object, field) = left.trim().split_once('.')?;
        let is_object = object.chars().all(|it| it.is_alphanumeric() || it == '_');
        let is_value = !right.starts_with(['=', '~', '>']);
        (is_object && field.trim() == name && is_value).then(|| right.trim().to_owned())
    })
}

/// The text that an expression means: a quoted one, or a constant of the same file that holds one.
fn literal(expression: &str, text: &str) -> Option<String> {
    let first = expression.strip_prefix("Gem::Version.new(").unwrap_or(expression);
    if first.starts_with(['"', '\'']) || first.starts_with("%q") {
        return quoted(first).next().filter(|it| !it.contains("#{")).map(str::to_owned);
    }
    let path = first.split(['.', ' ', ')', '#']).next()?;
    let constant = path.rsplit("::").next()?;
    let is_constant = constant.starts_with(|it: char| it.is_ascii_uppercase());
    text.lines().filter(|_| is_constant).find_map(|line| {
        let (left, right) = line.split_once('=')?;
        let right = right.trim();
        let is_it = left.trim() == constant && right.starts_with(['"', '\'']);
        quoted(right).next().filter(|it| is_it && !it.contains("#{")).map(str::to_owned)
    })
}

/// The quoted words of an expression: `"a"`, `'a'`, `%q<a>`.
fn quoted(expression: &str) -> impl Iterator<Item = &str> {
    let mut rest = expression;
    std::iter::from_fn(move || {
        let at = rest.find(['"', '\'', '<'])?;
        let close = match rest.get(at..=at)? {
            "<" => ">",
            quote => quote,
        };
        let (word, after) = rest.get(at + 1..)?.split_once(close)?;
        rest = after;
        Some(word)
    })
}

fn runtime_needs(text: &str) -> Vec<Dependency> {
    let mut res: Vec<Dependency> = Vec::new();
    for line in text.lines() {
        let call = [".add_runtime_dependency", ".add_dependency"]
            .iter()
            .find_map(|it| line.split_once(it));
        let Some(name) = call.and_then(|it| quoted(it.1).next()) else { continue };
        if res.iter().rev().take(64).all(|it| it.name != name) {
            res.push(dependency(name));
        }
    }
    res
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::{check, check_torn, check_wants};

    const GEMFILE_LOCK: &str = "GIT\n  remote: https://example.com/g.git\n  revision: 00\n  specs:\n\
        \x20   g (0.1.0)\n\nPATH\n  remote: .\n  specs:\n    own (1.0.0)\n      a (~> 2)\n\n\
        GEM\n  remote: https://rubygems.org/\n  specs:\n    a (2.0.0)\n      b (>= 1, < 3)\n\
        \x20   b (1.1.0)\n    b (1.1.0-x86_64-linux-gnu)\n    c (2.0.0.rc1)\n\n\
        PLATFORMS\n  ruby\n\nDEPENDENCIES\n  a (~> 2)\n\nBUNDLED WITH\n   2.4.0\n";

    #[test]
    fn lock_file() {
        let expected = [
            "g@0.1.0",
            "own@1.0.0 -> a@2.0.0",
            "a@2.0.0 -> b@1.1.0",
            "b@1.1.0",
            "b@1.1.0 for x86_64-linux-gnu",
            "c@2.0.0.rc1",
        ];
        check(&LOCK, "Gemfile.lock", GEMFILE_LOCK, &expected);
    }

    const SPECIFICATION: &str = "# -*- encoding: utf-8 -*-\n# stub: a 1.2.3 x86_64-linux lib\n\n\
        Gem::Specification.new do |s|\n  s.name = \"a\".freeze\n  s.version = \"1.2.3\"\n\
        \x20 s.licenses = [\"MIT\".freeze, \"Ruby\".freeze]\n  s.rubygems_version = \"3\"\n\
        \x20 s.add_runtime_dependency(%q<b>.freeze, [\">= 0\"])\n  s.add_dependency(%q<b>, [\"1\"])\n\
        \x20 s.add_development_dependency(%q<c>, [\"1\"])\nend\n";

    #[test]
    fn specification_of_an_installed_gem() {
        let expected = ["a@1.2.3 for x86_64-linux installed (MIT OR Ruby) -> b"];
        let path = "usr/lib/ruby/gems/3.3.0/specifications/default/a-1.2.3.gemspec";
        check(&GEMSPEC, path, SPECIFICATION, &expected);
    }

    #[test]
    fn names_and_versions_by_code() {
        for (text, expected) in [
            ("spec.name = 'a'\nspec.version = '1.0'", &["a@1.0"][..]),
            ("V = '1.0'\ns.name='a'\ns.version = V", &["a@1.0"]),
            ("VERSION = '1.0'.freeze\ns.name='a'\ns.version = A::VERSION.dup", &["a@1.0"]),
            ("s.name='a'\ns.version = Gem::Version.new('1.0')", &["a@1.0"]),
            ("s.name='a'\ns.version = A::VERSION", &[]),
            ("s.name='a'\ns.version = \"1.#{x}\"", &[]),
            ("s.name='a' if s.version == '1'", &[]),
        ] {
            check(&GEMSPEC, "src/a.gemspec", text, expected);
        }
        let expected = ["gap: states name or version by code"];
        check(&GEMSPEC, "x/specifications/a-1.gemspec", "s.version = V", &expected);
    }

    #[test]
    fn sources_of_installed_gems_are_not_wanted_twice() {
        check_wants(
            &GEMSPEC,
            &[
                ("usr/lib/ruby/gems/3.3.0/specifications/a-1.gemspec", true),
                ("usr/lib/ruby/gems/3.3.0/gems/a-1/a.gemspec", false),
                ("usr/local/bundle/bundler/gems/a-0123/a.gemspec", true),
                ("src/a/a.gemspec", true),
            ],
        );
    }

    #[test]
    fn torn_files_do_no_harm() {
        check_torn(&LOCK, "Gemfile.lock", GEMFILE_LOCK.as_bytes());
        check_torn(&GEMSPEC, "a.gemspec", SPECIFICATION.as_bytes());
    }
}
