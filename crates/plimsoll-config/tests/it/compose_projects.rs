//! Whole projects give what the real tool gives: `tests/projects/*/expected.json`, written by
//! `tests/projects/regenerate.sh`.
#![expect(clippy::disallowed_methods, reason = "a test reads its inputs")]

use std::{fs, path::Path, sync::Arc};

use plimsoll_config::{
    compose::{ComposeInput, Environment, Project, Settings, load_project},
    json::parse_json,
    tree::{Step, diff_paths},
};
use plimsoll_text::Source;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/projects");

fn read(name: &str, path: &str) -> Option<Arc<Source>> {
    let text = fs::read_to_string(Path::new(FOLDER).join(name).join(path)).ok()?;
    Some(Source::new(path, text))
}

fn load(name: &str) -> Project {
    let files = ["compose.yaml", "compose.override.yaml"];
    let files: Vec<ComposeInput> = files
        .iter()
        .filter_map(|it| read(name, it))
        .map(|source| ComposeInput { source })
        .collect();
    let mut variables = vec![("HOME".to_owned(), "/home/user".to_owned())];
    variables.push(("PATH".to_owned(), "/usr/bin:/bin".to_owned()));
    if let Some(process) = read(name, "process.env") {
        let pairs = process.text().lines().filter_map(|it| it.split_once('='));
        variables.extend(pairs.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }
    let mut environment = Environment::new(variables);
    if let Some(dotenv) = read(name, ".env") {
        environment.add_dotenv(&dotenv);
    }
    let profiles = read(name, "profiles")
        .map(|it| it.text().lines().map(str::to_owned).collect())
        .unwrap_or_default();
    let directory = Some(format!("/project/{name}"));
    let settings = Settings { environment, directory, profiles };
    load_project(&files, &settings, &|path| read(name, path))
}

#[test]
fn projects_come_to_what_the_real_tool_prints() {
    let mut failures = String::new();
    let mut names: Vec<String> = fs::read_dir(FOLDER)
        .unwrap()
        .map(|it| it.unwrap())
        .filter(|it| it.path().is_dir())
        .map(|it| it.file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.len() >= 10, "{names:?}");
    for name in names {
        let project = load(&name);
        let refused: Vec<_> = project.issues.iter().filter(|it| !it.kind.is_warning()).collect();
        assert!(refused.is_empty(), "{name}: {refused:?}");
        let json = project.to_json();
        let ours = parse_json(&Source::new("ours", json.as_str()));
        let theirs = parse_json(&read(&name, "expected.json").unwrap());
        assert!(ours.is_clean() && theirs.is_clean(), "{name}: {:?}\n{json}", ours.errors);
        let (ours, theirs) = (ours.root().unwrap(), theirs.root().unwrap());
        for path in diff_paths(theirs, ours) {
            let show = |root: &plimsoll_config::tree::Node, text: &str| match root.at(&path) {
                Some(node) => text[node.span.range()].to_owned(),
                None => "nothing".to_owned(),
            };
            let steps: Vec<String> = path.iter().map(step).collect();
            let expected = read(&name, "expected.json").unwrap();
            let line = format!(
                "{name} {}: expected {} found {}\n",
                steps.join("."),
                show(theirs, expected.text()),
                show(ours, &json)
            );
            failures += &line;
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

fn step(step: &Step) -> String {
    match step {
        Step::Key(key) => key.clone(),
        Step::Index(index) => index.to_string(),
    }
}
