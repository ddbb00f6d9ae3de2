//! What lies about: images that nothing uses, containers that stand still, and containers that run
//! something else than their image's name says.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_finding::{RuleInfo, Severity};
use plimsoll_host::Known;

use crate::{
    check::{Answer, Check, Facts, Fault, host_rule},
    container::Container,
    value::{days, number, seconds, text, texts},
};

pub(super) static CHECKS: &[Check] = &[
    Check {
        info: RuleInfo {
            aliases: &["docker-bench:6.1"],
            severity: Severity::Info,
            controls: &["ops.image-sprawl"],
            doc: IMAGES,
            file: file!(),
            ..host_rule("forgotten-images")
        },
        judge: judge_images,
    },
    Check {
        info: RuleInfo {
            aliases: &["docker-bench:6.2"],
            severity: Severity::Info,
            controls: &["ops.container-sprawl"],
            doc: CONTAINERS,
            file: file!(),
            ..host_rule("forgotten-containers")
        },
        judge: judge_containers,
    },
    Check {
        info: RuleInfo {
            aliases: &["docker-bench:5.28"],
            severity: Severity::Low,
            controls: &["runtime.image-current"],
            doc: BEHIND,
            file: file!(),
            ..host_rule("container-behind-its-tag")
        },
        judge: judge_current,
    },
];

/// How many names are told; the rest is counted.
const MAX_NAMES: usize = 10;

const IMAGES: &str = "Images that nothing uses.

## Why
An old image is one word away from being started again, with every fault that it had. Images without
a name, and those that no container has used since they were made long ago, should go.

## Fails
```text
answer /images/json [{\"Id\": \"sha256:a\", \"RepoTags\": [\"<none>:<none>\"], \"Created\": 1}]
answer /containers/json?all=1 []
```
```text
answer /images/json [{\"Id\": \"sha256:a\", \"RepoTags\": [\"web:1\"], \"Created\": 1700000000}]
answer /containers/json?all=1 []
```

## Passes
```text
answer /images/json [{\"Id\": \"sha256:a\", \"RepoTags\": [], \"Created\": 1}]
answer /containers/json?all=1 [{\"Id\": \"aa\"}]
answer /containers/aa/json {\"Name\": \"/web\", \"Image\": \"sha256:a\"}
```
```text
answer /images/json [{\"Id\": \"sha256:a\", \"RepoTags\": [\"web:1\"], \"Created\": 1795000000}]
answer /containers/json?all=1 []
```

## Unknown
```text
answer /images/json [{\"Id\": \"sha256:a\", \"RepoTags\": [\"web:1\"], \"Created\": 1}]
unknown-answer /containers/json?all=1
```

## Limits
When an image was pulled or last used the engine does not tell, so the age is that of its build.
Thirty days are let pass, or what the team says.
";

fn judge_images(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let daemon = answer.daemon();
    let images = facts.host.answer_list("/images/json");
    let Some(images) = answer.need(daemon.clone(), images, "there is no engine") else { return };
    let containers = facts.containers.map(Vec::as_slice);
    let absent = "there is no engine";
    let Some(containers) = answer.need(daemon.clone(), containers, absent) else { return };
    let used: BTreeSet<&str> = containers.iter().map(|it| text(it.inspect, "/Image")).collect();
    let before = facts.host.collected.taken_at.saturating_sub(facts.settings.keep_seconds());
    let (mut nameless, mut old) = (0_usize, Vec::new());
    for image in images.iter().filter(|it| !used.contains(text(it, "/Id"))) {
        let mut names = texts(image, "/RepoTags").filter(|it| *it != "<none>:<none>");
        let name =
            names.next().or_else(|| texts(image, "/RepoDigests").find(|it| *it != "<none>@<none>"));
        let made = number(image, "/Created").and_then(|it| u64::try_from(it).ok());
        match name {
            None => nameless += 1,
            Some(name) if made.is_some_and(|it| it < before) => old.push(name),
            Some(_) => {}
        }
    }
    let evidence = vec![format!(
        "{} images, {} in use, {nameless} without a name and unused, {} old and unused",
        images.len(),
        used.len(),
        old.len()
    )];
    if nameless == 0 && old.is_empty() {
        return answer.pass(daemon, "no image is forgotten", evidence);
    }
    let message = match (nameless, old.len()) {
        (_, 0) => format!("{nameless} images without a name lie unused"),
        (0, _) => format!("old images lie unused: {}", some(&old)),
        _ => format!("{nameless} images without a name lie unused, and old ones: {}", some(&old)),
    };
    let source = "images/json".to_owned();
    answer.fail(daemon, Fault { message, source, evidence, ..Fault::default() });
}

/// The first of some names, and how many more there are.
fn some(names: &[&str]) -> String {
    let told = names.iter().take(MAX_NAMES).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MAX_NAMES) {
        0 => told,
        n_more => format!("{told} and {n_more} more"),
    }
}

const CONTAINERS: &str = "Containers that stand still and are forgotten.

## Why
A container that ended keeps its files, its secrets and its place in `docker start`. What nobody
started for a month should go.

## Fails
```text
answer /containers/json?all=1 [{\"Id\": \"aa\"}]
answer /containers/aa/json {\"Name\": \"/old\", \"State\": {\"Running\": false, \"Status\": \"exited\", \"FinishedAt\": \"2026-01-01T00:00:00Z\"}}
```
```text
answer /containers/aa/json {\"Name\": \"/new\", \"Created\": \"2026-11-01T00:00:00Z\", \"State\": {\"Running\": false, \"Status\": \"created\", \"FinishedAt\": \"0001-01-01T00:00:00Z\"}}
setting keep-days 7
```

## Passes
```text
answer /containers/aa/json {\"Name\": \"/run\", \"State\": {\"Running\": true, \"FinishedAt\": \"2020-01-01T00:00:00Z\"}}
answer /containers/bb/json {\"Name\": \"/end\", \"State\": {\"Running\": false, \"FinishedAt\": \"2026-11-20T00:00:00Z\"}}
```
```text
answer /containers/json?all=1 []
```

## Unknown
```text
answer /containers/aa/json {\"Name\": \"/old\", \"State\": {\"Running\": false}}
```
";

fn judge_containers(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let daemon = answer.daemon();
    let containers = facts.containers.map(Vec::as_slice);
    let absent = "there is no engine";
    let Some(containers) = answer.need(daemon.clone(), containers, absent) else { return };
    let now = i64::try_from(facts.host.collected.taken_at).unwrap_or(i64::MAX);
    let keep = i64::try_from(facts.settings.keep_seconds()).unwrap_or(i64::MAX);
    let (mut old, mut timeless) = (Vec::new(), Vec::new());
    let still = containers.iter().filter(|it| !it.is_running());
    for container in still.clone() {
        let ended = seconds(text(container.inspect, "/State/FinishedAt"));
        match ended.or_else(|| seconds(text(container.inspect, "/Created"))) {
            None => timeless.push(container.name),
            Some(it) if now.saturating_sub(it) > keep => old.push((container.name, now - it)),
            Some(_) => {}
        }
    }
    let evidence = vec![format!("{} containers, {} not running", containers.len(), still.count())];
    if !timeless.is_empty() {
        let why = format!("the engine does not say when these ended: {}", some(&timeless));
        answer.unknown(daemon.clone(), &why, "look at them by hand");
    }
    if old.is_empty() && timeless.is_empty() {
        answer.pass(daemon, "no container is forgotten", evidence);
    } else if !old.is_empty() {
        let oldest = old.iter().map(|it| it.1).max().unwrap_or_default();
        let names: Vec<&str> = old.iter().map(|it| it.0).collect();
        let message =
            format!("containers stand still for up to {}: {}", days(oldest), some(&names));
        let source = "containers/json".to_owned();
        answer.fail(daemon, Fault { message, source, evidence, ..Fault::default() });
    }
}

const BEHIND: &str = "Container that runs an older image than its name means today.

## Why
The name was pulled or built again and the container was not made anew, so it still runs the faults
that the new image mends.

## Fails
```text
answer /containers/aa/json {\"Name\": \"/web\", \"Image\": \"sha256:a\", \"Config\": {\"Image\": \"web:1\"}}
answer /images/json [{\"Id\": \"sha256:b\", \"RepoTags\": [\"web:1\"]}]
```

## Passes
```text
answer /containers/aa/json {\"Name\": \"/web\", \"Image\": \"sha256:a\", \"Config\": {\"Image\": \"web@sha256:1234\"}}
answer /images/json [{\"Id\": \"sha256:a\", \"RepoDigests\": [\"web@sha256:1234\"]}]
```

## Manual
```text
answer /containers/aa/json {\"Name\": \"/web\", \"Image\": \"sha256:a\", \"Config\": {\"Image\": \"web:1\"}}
answer /images/json [{\"Id\": \"sha256:a\", \"RepoTags\": [\"web:1\"]}]
```

## Unknown
```text
answer /containers/aa/json {\"Name\": \"/web\", \"Image\": \"sha256:a\", \"Config\": {\"Image\": \"web:1\"}}
unknown-answer /images/json
```

## Limits
Whether the registry has a newer one is not asked: that needs the network.
";

fn judge_current(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let containers = facts.containers.map(Vec::as_slice);
    let absent = "there is no engine";
    let Some(containers) = answer.need(answer.host(), containers, absent) else { return };
    if containers.is_empty() {
        answer.not_applicable(answer.host(), "there are no containers");
        return;
    }
    let images = match facts.host.answer_list("/images/json") {
        Known::Had(it) => it,
        Known::Absent => return answer.not_applicable(answer.host(), "there are no images"),
        Known::Unknown { why, remedy } => return answer.unknown(answer.host(), &why, &remedy),
    };
    let mut by_tag = BTreeMap::new();
    for image in images {
        by_tag.extend(texts(image, "/RepoTags").map(|it| (short(it), text(image, "/Id"))));
    }
    for container in containers {
        let named = text(container.inspect, "/Config/Image");
        let id = text(container.inspect, "/Image");
        judge_image(container, named, id, by_tag.get(&with_tag(named)).copied(), answer);
    }
}

fn judge_image(
    container: &Container<'_>,
    named: &str,
    id: &str,
    current: Option<&str>,
    answer: &mut Answer<'_>,
) {
    let target = container.target();
    let evidence = vec![format!("it runs {id} under the name {named}")];
    if named.contains("@sha256:") {
        return answer.pass(target, "its image is named by digest and cannot change", evidence);
    }
    if current.is_some_and(|it| it != id) {
        let message = format!("it runs an older image than {named} means on this host today");
        let (setting, source) = ("Image".to_owned(), container.source());
        let fault = Fault { message, setting, source, evidence, ..Fault::default() };
        return answer.fail(target, fault);
    }
    let question = format!("is there a newer build of {named} in its registry?");
    answer.manual(target, question, evidence);
}

/// The name of an image without what is understood by itself.
fn short(name: &str) -> String {
    let name = name.strip_prefix("docker.io/").unwrap_or(name);
    name.strip_prefix("library/").unwrap_or(name).to_owned()
}

/// The name of an image with the tag that is understood by itself.
fn with_tag(name: &str) -> String {
    let has_tag = name.rsplit('/').next().is_some_and(|it| it.contains(':'));
    if has_tag { short(name) } else { format!("{}:latest", short(name)) }
}
