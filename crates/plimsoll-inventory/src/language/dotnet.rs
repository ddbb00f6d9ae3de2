//! .NET: what was deployed (`*.deps.json`), lock files (`packages.lock.json`,
//! `project.assets.json`) and manifests (`packages.config`, project files, central package
//! versions).

use std::collections::BTreeMap;

use plimsoll_package::{Dependency, Package, PackageKind};
use serde_json::{Map, Value};

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format},
        reading::{is_sound, keep, read_json, read_text, stated, string},
        xml::{Element, parse_xml},
    },
};

/// What a program was deployed with.
pub(crate) const DEPS: Format =
    Format { name: "dotnet-deps", files: Files::ending(&[".deps.json"]), read: read_deps };

/// NuGet's lock file.
pub(crate) const LOCK: Format =
    Format { name: "nuget-lock", files: Files::named(&["packages.lock.json"]), read: read_lock };

/// What NuGet resolved for a build.
pub(crate) const ASSETS: Format = Format {
    name: "nuget-assets",
    files: Files::named(&["project.assets.json"]),
    read: read_assets,
};

/// NuGet's old manifest.
pub(crate) const CONFIG: Format =
    Format { name: "nuget-config", files: Files::named(&["packages.config"]), read: read_config };

/// Project files and central package versions.
pub(crate) const PROJECT: Format = Format {
    name: "dotnet-project",
    files: Files::named(&["Directory.Packages.props", "Directory.Build.props"])
        .or_ending(&[".csproj", ".fsproj", ".vbproj"]),
    read: read_project,
};

fn read_deps(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(deps) = read_json(file, facts) else { return };
    let target_name =
        deps.get("runtimeTarget").and_then(|it| string(it, "name")).unwrap_or_default();
    let target = deps.get("targets").and_then(|it| it.get(target_name)).and_then(Value::as_object);
    for (key, library) in object(&deps, "libraries") {
        let Some((name, version)) = key.split_once('/') else { continue };
        let assets = target.and_then(|it| it.get(key));
        if string(library, "type") == Some("referenceassembly") {
            continue;
        }
        let mut package = Package::new(PackageKind::NuGet, name, version, file.path());
        package.dependencies = assets.map(dependencies).unwrap_or_default();
        // What brings no file along is a name for others, or the framework has a newer one. Where
        // nothing is said of its files it cannot be told.
        package.installed = assets.is_none_or(has_files);
        keep(package, facts);
    }
}

fn has_files(assets: &Value) -> bool {
    ["runtime", "runtimeTargets", "native", "resources"]
        .iter()
        .any(|it| assets.get(*it).and_then(Value::as_object).is_some_and(|it| !it.is_empty()))
}

fn read_lock(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(lock) = read_json(file, facts) else { return };
    let mut packages: BTreeMap<(&str, &str), Vec<Dependency>> = BTreeMap::new();
    for (_, framework) in object(&lock, "dependencies") {
        for (name, fields) in framework.as_object().into_iter().flatten() {
            let Some(version) = string(fields, "resolved") else { continue };
            let mut needs = dependencies(fields);
            for need in &mut needs {
                // Its own word is a lower bound; what was resolved stands beside it.
                let resolved = framework.get(&need.name).and_then(|it| string(it, "resolved"));
                need.version = resolved.filter(|it| is_sound(name, it)).map(str::to_owned);
            }
            packages.entry((name, version)).or_default().extend(needs);
        }
    }
    for ((name, version), mut needs) in packages {
        let mut package = stated(PackageKind::NuGet, name, version, file);
        needs.sort_unstable();
        needs.dedup();
        package.dependencies = needs;
        keep(package, facts);
    }
}

fn read_assets(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(assets) = read_json(file, facts) else { return };
    for (key, library) in object(&assets, "libraries") {
        let Some((name, version)) = key.split_once('/') else { continue };
        if string(library, "type") == Some("package") {
            keep(stated(PackageKind::NuGet, name, version, file), facts);
        }
    }
}

/// `"dependencies": {"name": "version"}`.
fn dependencies(fields: &Value) -> Vec<Dependency> {
    let pairs = object(fields, "dependencies");
    pairs
        .map(|(name, version)| Dependency {
            name: name.clone(),
            version: version.as_str().map(str::to_owned),
        })
        .collect()
}

fn object<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    value.get(key).and_then(Value::as_object).into_iter().flat_map(Map::iter)
}

fn read_config(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(root) = read_xml(file, facts) else { return };
    for element in root.all("package") {
        let (Some(name), Some(version)) = (element.attribute("id"), element.attribute("version"))
        else {
            continue;
        };
        let mut package = stated(PackageKind::NuGet, name, version, file);
        package.development = element.attribute("developmentDependency") == Some("true");
        keep(package, facts);
    }
}

fn read_project(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(root) = read_xml(file, facts) else { return };
    let groups = root.all("PropertyGroup").flat_map(|it| &it.children);
    let properties: BTreeMap<&str, &str> =
        groups.map(|it| (it.name.as_str(), it.text.trim())).collect();
    for element in root.descendants() {
        let is_reference = ["PackageReference", "PackageVersion", "GlobalPackageReference"];
        if !is_reference.contains(&element.name.as_str()) {
            continue;
        }
        let said = |key: &str| element.attribute(key).or_else(|| element.text_of(key));
        let name = said("Include").or_else(|| said("Update"));
        let version = said("VersionOverride").or_else(|| said("Version"));
        let (Some(name), Some(version)) = (name, version) else { continue };
        let Some(version) = exact_version(version, &properties) else { continue };
        let mut package = stated(PackageKind::NuGet, name, version, file);
        // What is private to the build never reaches the product.
        package.development =
            said("PrivateAssets").is_some_and(|it| it.eq_ignore_ascii_case("all"));
        keep(package, facts);
    }
}

/// The one version that NuGet takes: `1.0`, `[1.0]`, or a property of the same file that says it.
fn exact_version<'a>(version: &'a str, properties: &BTreeMap<&str, &'a str>) -> Option<&'a str> {
    let property = version.strip_prefix("$(").and_then(|it| it.strip_suffix(')'));
    let version = match property {
        Some(name) => properties.get(name)?,
        None => version,
    };
    let version = match version.strip_prefix('[') {
        Some(range) => range.strip_suffix(']')?.trim(),
        None => version,
    };
    (!version.contains(['*', ',', '(', ')', '$', '['])).then_some(version)
}

fn read_xml(file: &InputFile<'_>, facts: &mut FileFacts) -> Option<Element> {
    match parse_xml(&read_text(file, facts)?) {
        Ok(root) => Some(root),
        Err(error) => {
            facts.gap(format!("is not valid XML: {error}"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::{check, check_torn};

    #[test]
    fn deployed_programs() {
        let text = r#"{"runtimeTarget":{"name":"T"},"targets":{"T":{
            "app/1.0.0":{"dependencies":{"A":"2.0.0"},"runtime":{"app.dll":{}}},
            "A/2.0.0":{"runtime":{"lib/A.dll":{}}},
            "Meta/3.0.0":{"dependencies":{"A":"2.0.0"}},
            "N/4.0.0":{"runtimeTargets":{"n.so":{}}}}},
            "libraries":{"app/1.0.0":{"type":"project"},"A/2.0.0":{"type":"package"},
            "Meta/3.0.0":{"type":"package"},"N/4.0.0":{"type":"package"}}}"#;
        let expected = [
            "A@2.0.0 installed",
            "Meta@3.0.0 -> A@2.0.0",
            "N@4.0.0 installed",
            "app@1.0.0 installed -> A@2.0.0",
        ];
        check(&DEPS, "app/app.deps.json", text, &expected);
        let text = r#"{"runtimeTarget":{"name":"T"},"targets":{},"libraries":{"A/1.0":{}}}"#;
        check(&DEPS, "app/app.deps.json", text, &["A@1.0 installed"]);
    }

    const LOCK_TEXT: &str = r#"{"version":1,"dependencies":{
        "net6.0":{"A":{"type":"Direct","resolved":"1.0.0","dependencies":{"B":"1.5.0"}},
                  "B":{"type":"Transitive","resolved":"2.0.0"},"own":{"type":"Project"}},
        "net8.0":{"A":{"type":"Direct","resolved":"1.0.0"}}}}"#;

    #[test]
    fn lock_files() {
        check(&LOCK, "packages.lock.json", LOCK_TEXT, &["A@1.0.0 -> B@2.0.0", "B@2.0.0"]);
        let text = r#"{"libraries":{"A/1.0":{"type":"package"},"own/1.0":{"type":"project"}}}"#;
        check(&ASSETS, "obj/project.assets.json", text, &["A@1.0"]);
    }

    #[test]
    fn manifests() {
        let text = "<packages><package id=\"A\" version=\"1.0\"/>\
            <package id=\"B\" version=\"2.0\" developmentDependency=\"true\"/></packages>";
        check(&CONFIG, "packages.config", text, &["A@1.0", "B@2.0 development"]);
        let text = "<Project><PropertyGroup><V>3.0</V></PropertyGroup><ItemGroup>\
            <PackageReference Include=\"A\" Version=\"1.0\"/>\
            <PackageReference Include=\"B\"><Version>[2.0]</Version>\
            <PrivateAssets>all</PrivateAssets></PackageReference>\
            <PackageReference Include=\"C\" Version=\"$(V)\"/>\
            <PackageReference Include=\"D\" Version=\"1.*\"/>\
            <PackageReference Include=\"E\" Version=\"[1,2)\"/>\
            <PackageReference Include=\"F\"/></ItemGroup></Project>";
        check(&PROJECT, "x/app.csproj", text, &["A@1.0", "B@2.0 development", "C@3.0"]);
        let expected = ["gap: is not valid XML: an element is not closed"];
        check(&CONFIG, "packages.config", "<packages>", &expected);
    }

    #[test]
    fn torn_files_do_no_harm() {
        check_torn(&LOCK, "packages.lock.json", LOCK_TEXT.as_bytes());
    }
}
