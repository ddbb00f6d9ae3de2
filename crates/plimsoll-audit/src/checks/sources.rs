//! Where what runs comes from: approved registries, mirrors, and files that declare it.

use plimsoll_finding::{RuleInfo, RuleSettings, Severity};

use crate::{
    check::{Answer, Check, Facts, Fault, host_rule},
    value::{text, texts},
};

pub(super) static CHECKS: &[Check] = &[
    Check {
        info: RuleInfo {
            aliases: &["docker-bench:4.2"],
            severity: Severity::High,
            controls: &["image.trusted-base"],
            doc: IMAGES,
            file: file!(),
            ..host_rule("unapproved-image-in-use")
        },
        judge: judge_images,
    },
    Check {
        info: RuleInfo {
            controls: &["registry.mirror-trust"],
            doc: MIRRORS,
            file: file!(),
            ..host_rule("unapproved-registry-mirror")
        },
        judge: judge_mirrors,
    },
    Check {
        info: RuleInfo {
            severity: Severity::Info,
            controls: &["runtime.rogue"],
            doc: ROGUE,
            file: file!(),
            ..host_rule("undeclared-container")
        },
        judge: judge_rogue,
    },
    Check {
        info: RuleInfo {
            aliases: &["docker-bench:4.5"],
            severity: Severity::Low,
            controls: &["supply.dct-obsolete"],
            doc: CONTENT_TRUST,
            file: file!(),
            ..host_rule("content-trust-relied-upon")
        },
        judge: judge_content_trust,
    },
];

const IMAGES: &str = "Container whose image comes from a place that nobody approved.

## Why
Whoever runs a registry decides what its images do on this host.

## Fails
```text
answer /containers/aa/json {\"Name\": \"/web\", \"Config\": {\"Image\": \"evil.example/web:1\"}}
setting allowed-registries docker.io/library registry.example.com
```

## Passes
```text
answer /containers/aa/json {\"Name\": \"/web\", \"Config\": {\"Image\": \"nginx:1\"}}
answer /containers/bb/json {\"Name\": \"/db\", \"Config\": {\"Image\": \"registry.example.com/x/db@sha256:12\"}}
setting allowed-registries docker.io/library registry.example.com
```

## Manual
```text
answer /containers/aa/json {\"Name\": \"/web\", \"Config\": {\"Image\": \"nginx:1\"}}
```

## Unknown
```text
unknown-answer /containers/json?all=1
```
```text
answer /containers/aa/json {\"Name\": \"/web\", \"Config\": {\"Image\": \"sha256:0123\"}}
setting allowed-registries docker.io
```

## Limits
A name is believed: that the image with it was really pulled from there is for signatures to prove.
";

fn judge_images(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let containers = facts.containers.map(Vec::as_slice);
    let absent = "there is no engine";
    let Some(containers) = answer.need(answer.host(), containers, absent) else { return };
    if containers.is_empty() {
        return answer.not_applicable(answer.host(), "there are no containers");
    }
    let allowed_registries = facts.settings.allowed_registries.clone();
    let settings = RuleSettings { allowed_registries, ..RuleSettings::default() };
    for container in containers {
        let target = container.target();
        let named = text(container.inspect, "/Config/Image");
        let evidence = vec![format!("its image is {named}")];
        if settings.allowed_registries.is_empty() {
            let question = "does its image come from a place that the team trusts?";
            answer.manual(target, question, evidence);
            continue;
        }
        let Some(repository) = repository(named) else {
            let why = "its image was named by its number, which does not tell where it came from";
            answer.unknown(target, why, "look at the image's history");
            continue;
        };
        if settings.allows_image(&repository) {
            answer.pass(target, "its image comes from an approved place", evidence);
            continue;
        }
        let message = format!("its image comes from {repository}, which nobody approved");
        let (setting, source) = ("Config.Image".to_owned(), container.source());
        answer.fail(target, Fault { message, setting, source, evidence, ..Fault::default() });
    }
}

/// The full name of an image without tag and digest; none for a bare number.
fn repository(named: &str) -> Option<String> {
    let is_number = named.starts_with("sha256:")
        || named.len() >= 12 && named.bytes().all(|it| it.is_ascii_hexdigit());
    if named.is_empty() || is_number {
        return None;
    }
    let name = named.split('@').next().unwrap_or_default();
    let folder = name.rfind('/').map_or(0, |it| it + 1);
    let end = name.get(folder..)?.find(':').map_or(name.len(), |it| folder + it);
    let name = name.get(..end)?;
    let first = name.split('/').next().unwrap_or_default();
    let has_host = name.contains('/') && (first.contains(['.', ':']) || first == "localhost");
    Some(match (has_host, name.contains('/')) {
        (true, _) => name.replacen("index.docker.io/", "docker.io/", 1),
        (false, true) => format!("docker.io/{name}"),
        (false, false) => format!("docker.io/library/{name}"),
    })
}

const MIRRORS: &str = "Mirror of registries that nobody approved.

## Why
The engine asks a mirror first and takes what it gives under the name that was asked for. Who runs
it can hand out other images for all that are not named by digest.

## Fails
```text
answer /info {\"RegistryConfig\": {\"Mirrors\": [\"https://mirror.evil.example/\"]}}
setting allowed-registries registry.example.com
```

## Passes
```text
answer /info {\"RegistryConfig\": {\"Mirrors\": []}}
```
```text
answer /info {\"RegistryConfig\": {\"Mirrors\": [\"https://registry.example.com/\"]}}
setting allowed-registries registry.example.com
```

## Manual
```text
answer /info {\"RegistryConfig\": {\"Mirrors\": [\"https://mirror.example/\"]}}
```

## Unknown
```text
answer /info {}
```
";

fn judge_mirrors(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let daemon = answer.daemon();
    let info = facts.host.answer("/info");
    let Some(info) = answer.need(daemon.clone(), info, "there is no engine") else { return };
    if info.pointer("/RegistryConfig").is_none_or(|it| !it.is_object()) {
        let why = "the engine does not tell its mirrors";
        return answer.unknown(daemon, why, "ask an engine of version 20.10 or newer");
    }
    let mirrors: Vec<&str> = texts(info, "/RegistryConfig/Mirrors").collect();
    let evidence = vec![format!("RegistryConfig.Mirrors: {}", mirrors.join(", "))];
    if mirrors.is_empty() {
        return answer.pass(daemon, "the engine asks no mirror", evidence);
    }
    let allowed_registries = facts.settings.allowed_registries.clone();
    if allowed_registries.is_empty() {
        let question = "is each mirror one that the team trusts?";
        return answer.manual(daemon, question, evidence);
    }
    let settings = RuleSettings { allowed_registries, ..RuleSettings::default() };
    let host = |it: &str| {
        let it = it.split_once("://").map_or(it, |it| it.1);
        it.split('/').next().unwrap_or_default().to_owned()
    };
    let strangers: Vec<&str> =
        mirrors.into_iter().filter(|it| !settings.allows_image(&host(it))).collect();
    if strangers.is_empty() {
        return answer.pass(daemon, "each mirror is approved", evidence);
    }
    let message = format!("nobody approved the mirror {}", strangers.join(", "));
    let (setting, source) = ("RegistryConfig.Mirrors".to_owned(), "info".to_owned());
    answer.fail(daemon, Fault { message, setting, source, evidence, ..Fault::default() });
}

const ROGUE: &str = "Container that no file declares.

## Why
What somebody started by hand is in no review and no inventory, and comes back in no rebuild; it may
also be an intruder's.

## Passes
```text
answer /containers/aa/json {\"Name\": \"/web\", \"State\": {\"Running\": true}, \"Config\": {\"Labels\": {\"com.docker.compose.project\": \"shop\"}}}
```

## Manual
```text
answer /containers/aa/json {\"Name\": \"/web\", \"State\": {\"Running\": true}, \"Config\": {\"Labels\": {}}}
```

## Unknown
```text
unknown-answer /containers/json?all=1
```

## Limits
That a container carries the labels of a compose project is taken for a declaration.
";

fn judge_rogue(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let containers = facts.containers.map(Vec::as_slice);
    let absent = "there is no engine";
    let Some(containers) = answer.need(answer.host(), containers, absent) else { return };
    if !containers.iter().any(crate::container::Container::is_running) {
        return answer.not_applicable(answer.host(), "no container runs");
    }
    for container in containers.iter().filter(|it| it.is_running()) {
        let target = container.target();
        if container.is_task() || !container.project().is_empty() {
            let whose = if container.is_task() { "a service of the swarm" } else { "compose" };
            answer.pass(target, format!("{whose} declares it"), Vec::new());
            continue;
        }
        let made = text(container.inspect, "/Created");
        let evidence = vec![format!("{} since {made}", text(container.inspect, "/Config/Image"))];
        answer.manual(target, "nothing declares it: who started it, and why?", evidence);
    }
}

const CONTENT_TRUST: &str = "Trust in content trust, which is gone.

## Why
`DOCKER_CONTENT_TRUST` has no effect in version 29 of the client and later, and its service is shut
down. Who relies on it believes that images are verified, and they are not.

## Fails
```text
text /etc/environment DOCKER_CONTENT_TRUST=1
```

## Manual
```text
text /etc/environment PATH=/bin
```

## Unknown
```text
unknown /etc/environment
```

## Limits
Variables of single users and of build systems are not seen.
";

fn judge_content_trust(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let mut is_unread = false;
    for path in ["/etc/environment", "/etc/profile.d/docker.sh"] {
        let file = facts.host.collected.text(path);
        if let plimsoll_host::Known::Unknown { why, remedy } = &file
            && path == "/etc/environment"
        {
            is_unread = true;
            answer.unknown(answer.host(), why, remedy);
        }
        let lines = file.had().copied().unwrap_or_default().lines().enumerate();
        for (idx, line) in lines {
            let line = line.trim().trim_start_matches("export ");
            let value = line.strip_prefix("DOCKER_CONTENT_TRUST=");
            if value.is_none_or(|it| it.trim_matches('"') != "1") {
                continue;
            }
            is_unread = true;
            answer.fail(
                answer.host(),
                Fault {
                    message: format!("{path} relies on content trust, which verifies nothing"),
                    setting: "DOCKER_CONTENT_TRUST".to_owned(),
                    source: path.to_owned(),
                    line: Some(idx + 1),
                    ..Fault::default()
                },
            );
        }
    }
    if !is_unread {
        let question = "does any account or build system rely on DOCKER_CONTENT_TRUST?";
        answer.manual(answer.host(), question, Vec::new());
    }
}

#[cfg(test)]
mod tests {
    use super::repository;

    #[test]
    fn names_of_images_are_told_in_full() {
        for (named, expected) in [
            ("nginx", Some("docker.io/library/nginx")),
            ("nginx:1@sha256:12", Some("docker.io/library/nginx")),
            ("acme/web:1", Some("docker.io/acme/web")),
            ("localhost/web", Some("localhost/web")),
            ("r.example:5000/a/web:2", Some("r.example:5000/a/web")),
            ("index.docker.io/library/nginx", Some("docker.io/library/nginx")),
            ("sha256:0123", None),
            ("0123456789ab", None),
            ("", None),
        ] {
            assert_eq!(repository(named).as_deref(), expected, "{named}");
        }
    }
}
