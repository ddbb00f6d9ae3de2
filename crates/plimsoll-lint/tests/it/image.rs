//! The docs of the rules over images, and the form in which their examples give one.
//!
//! A block `image.yaml` is an image, of which all is optional:
//!
//! ```yaml
//! reference: nginx:latest          # how it was asked for
//! today: 2026-11-22                # the day of the judgement
//! rootfs: true                     # a bare root file system, without a configuration
//! incomplete: true                 # not every layer was read to its end
//! required-labels: [com.example.owner]
//! config:
//!   os: linux
//!   created: 2026-11-01T08:00:00Z
//!   user: app
//!   env: [NAME=value]
//!   ports: [80/tcp]
//!   volumes: [/data]
//!   labels: {name: value}
//!   cmd: [nginx]
//!   entrypoint: [/start]
//!   workdir: /app
//!   healthcheck: [CMD, /probe]
//!   onbuild: [RUN make]
//! history: ["RUN |1 A=b /bin/sh -c make"]     # as the builder wrote it; each makes no layer
//! layers: [{instruction: RUN make, size: 1000, wasted: 10, base: true}]
//! files:                           # of which the rules see what `is_notable` says
//!   - {path: etc/passwd, kind: file, mode: 644, user: 0, group: 0, size: 10, content: text,
//!      layer: 0, package: base-files, capabilities: true}
//! hidden: [{path: big, size: 5000000, layer: 0, by: 1, overwritten: true, content: text}]
//! packages: [{kind: deb, name: sudo, version: "1", base: true, release: {...}}]
//! distribution: {name: Debian 10, support: dead, ended: 2024-06-30, newest: "13"}
//! ```
//!
//! `kind` is `file`, `directory`, `link`, `block` or `character`; `support` is `supported`,
//! `extended` (with `ended`, `until` and `free: true`), `dead` or `unknown`.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use plimsoll_config::{tree::Node, yaml::parse_yaml};
use plimsoll_finding::{
    Finding, LabelKind, Place, Rule, RuleSettings, Target, TargetKind, judge_rule,
};
use plimsoll_lint::{
    RuleBook,
    rules::{dockerfile, image::RULES},
    subject::image::{
        FileFact, HiddenFact, ImageSubject, LayerFact, PackageFact, ReleaseFact, ReleaseSupport,
        is_notable, is_notable_hidden, wants_content,
    },
};
use plimsoll_oci::{
    Entry, EntryKind, Healthcheck, HistoryLine, ImageConfig, Platform, RuntimeConfig,
};
use plimsoll_package::PackageKind;
use plimsoll_text::{Location, Source, Span};

use crate::blocks::{check_rule, examples};

#[test]
fn docs_are_true() {
    for rule in RULES.iter().filter(|it| !is_twin(it)) {
        check_rule(&rule.info, MAIN, &|sources| judge(rule, sources));
    }
}

/// The doc of a rule over Dockerfiles shows what it means for images, both ways.
#[test]
fn twins_show_images_in_the_doc_that_they_share() {
    for rule in RULES.iter().filter(|it| is_twin(it)) {
        let examples = examples(&rule.info, "Dockerfile");
        let images = examples.iter().filter(|it| it.iter().any(|it| it.name() == MAIN));
        let (bad, good): (Vec<_>, Vec<_>) =
            images.partition(|it| !judge(rule, it.as_slice()).is_empty());
        let id = rule.info.id;
        assert!(!bad.is_empty() && !good.is_empty(), "{id}: show a bad and a good {MAIN}");
    }
}

#[test]
fn every_id_is_told_once() {
    let ids: Vec<&str> = RuleBook::all_infos().iter().map(|it| it.id).collect();
    let mut unique = ids.clone();
    unique.dedup();
    assert_eq!(ids, unique);
    for rule in RULES {
        assert!(ids.contains(&rule.info.id), "{}", rule.info.id);
    }
}

#[test]
fn a_sound_image_is_quiet() {
    let text = "
reference: registry.example.com/app:1.4.2
config:
  user: \"10001:10001\"
  created: 2026-11-20T08:00:00Z
  env: [PATH=/usr/bin, DB_PASSWORD_FILE=/run/secrets/db]
  ports: [8080/tcp]
  entrypoint: [/usr/bin/app]
  healthcheck: [CMD, /usr/bin/app, check]
  labels:
    org.opencontainers.image.source: https://example.com/app
    org.opencontainers.image.revision: 2dbc1a3
    org.opencontainers.image.base.name: docker.io/library/debian:13
layers:
  - {instruction: ADD rootfs.tar /, size: 80000000, base: true}
  - {instruction: COPY app /usr/bin/app, size: 20000000}
files:
  - path: etc/passwd
    content: |
      root:x:0:0:root:/root:/bin/bash
      app:x:10001:10001::/app:/usr/sbin/nologin
  - path: etc/shadow
    content: |
      root:*:20000:0:99999:7:::
      app:!:20000::::::
  - {path: tmp, kind: directory, mode: 1777}
  - {path: dev/null, kind: character, mode: 666}
packages:
  - {kind: deb, name: libc6, version: 2.41-12, base: true}
distribution: {name: Debian 13, support: supported}
";
    let found = findings(text);
    assert!(found.is_empty(), "{found:#?}");
}

/// What holds a secret is told without it, in the place too.
#[test]
fn findings_do_not_repeat_secrets() {
    let text = "
config:
  env: [DB_PASSWORD=hunter2-and-more]
history:
  - ENV LOG=debug DB_PASSWORD=hunter2-of-old
  - ARG API_TOKEN=hunter2-by-default
  - RUN |1 NPM_TOKEN=hunter2-as-argument /bin/sh -c npm ci
  - RUN |1 OTHER_TOKEN=hunter2-as-argument strange -c npm ci
files:
  - {path: app/.env, content: DB_PASSWORD=hunter2-in-file}
";
    let found = findings(text);
    let of = |id: &str| found.iter().filter(|it| it.rule.id == id).count();
    assert_eq!(of("hardcoded-secret"), 3);
    assert_eq!(of("secret-build-argument"), 2);
    assert_eq!(of("secret-file-in-image"), 1);
    for it in &found {
        let place = match &it.place {
            Place::Image(place) => {
                format!("{} {} {}", place.instruction, place.path, place.setting)
            }
            _ => panic!("{} is not in the image", it.rule.id),
        };
        let told = format!("{} {place} {:?} {:?}", it.message, it.evidence, it.names);
        assert!(!told.contains("hunter2"), "{told}");
    }
}

/// Whatever stands in the files, no rule breaks.
#[test]
fn broken_databases_break_no_rule() {
    for content in
        ["", ":", "::::", "root", "a:b:c:d:e:f:g:h:i:j:k:l", "root::", "\u{fffd}:0:0", "#"]
    {
        let mut files = String::from("config: {user: app}\nfiles:\n");
        for path in
            ["etc/passwd", "etc/shadow", "etc/group", "etc/sudoers", "etc/doas.conf", "a/.env"]
        {
            writeln!(files, "  - {{path: {path}, content: \"{content}\"}}").unwrap();
        }
        let _ = findings(&files);
    }
}

/// The findings of every rule.
fn findings(text: &str) -> Vec<Finding> {
    let sources = [Source::new(MAIN, text)];
    RULES.iter().flat_map(|it| judge(it, &sources)).collect()
}

fn is_twin(rule: &Rule<ImageSubject>) -> bool {
    dockerfile::RULES.iter().any(|it| it.info.id == rule.info.id)
}

/// Judges the image of a block by the rule called `id`.
pub(crate) fn judge_twin(id: &str, sources: &[Arc<Source>]) -> Vec<Finding> {
    let rule = RULES.iter().find(|it| it.info.id == id);
    judge(rule.unwrap_or_else(|| panic!("{id}: no rule over images is called so")), sources)
}

fn judge(rule: &'static Rule<ImageSubject>, sources: &[Arc<Source>]) -> Vec<Finding> {
    let source = sources.iter().find(|it| it.name() == MAIN).unwrap();
    let mut res = Vec::new();
    judge_rule(&subject(source), rule, &mut res);
    res
}

fn subject(source: &Arc<Source>) -> ImageSubject {
    let tree = parse_yaml(source);
    assert!(tree.errors.is_empty(), "{:?}\n{}", tree.errors, source.text());
    let root = tree.root().unwrap();
    let today = text(root, "today").unwrap_or("2026-11-22");
    let target = Target { kind: TargetKind::Image, name: "example/app:1".to_owned() };
    let reader = Reader { source };
    let mut res = ImageSubject::new(target, day(today));
    res.source = Arc::clone(source);
    res.reference = text(root, "reference").map(str::to_owned);
    res.files_are_complete = !is(root, "incomplete");
    res.location = root.entries().first().map(|it| reader.at(it.key.span));
    let labels = items(root, "required-labels").iter().filter_map(|it| it.as_str());
    res.settings = Arc::new(RuleSettings {
        required_labels: labels.map(|it| (it.to_owned(), LabelKind::Text)).collect(),
        ..RuleSettings::default()
    });
    res.layers = items(root, "layers").iter().map(|it| reader.layer(it)).collect();
    let files = items(root, "files").iter().map(|it| reader.file(it));
    res.files = files.filter(|it| is_notable(&it.entry)).collect();
    let hidden = items(root, "hidden").iter().map(|it| reader.hidden(it));
    res.hidden = hidden.filter(|it| is_notable_hidden(&it.entry)).collect();
    res.packages = items(root, "packages").iter().map(|it| reader.package(it)).collect();
    res.distribution = root.get("distribution").map(|it| reader.release(it));
    if !is(root, "rootfs") {
        reader.config(root, &mut res);
    }
    res
}

struct Reader<'a> {
    source: &'a Arc<Source>,
}

impl Reader<'_> {
    fn at(&self, span: Span) -> Location {
        Location::new(self.source, span)
    }

    fn config(&self, root: &Node, res: &mut ImageSubject) {
        let null = Node::null(0);
        let node = root.get("config").unwrap_or(&null);
        let mut places: BTreeMap<(String, String), Location> = BTreeMap::new();
        let mut place = |setting: &str, entry: &str, span: Span| {
            places.insert((setting.to_owned(), entry.to_owned()), self.at(span));
        };
        let keys = [
            ("user", "User"),
            ("created", "created"),
            ("healthcheck", "Healthcheck"),
            ("cmd", "Cmd"),
            ("entrypoint", "Entrypoint"),
            ("workdir", "WorkingDir"),
        ];
        for (key, setting) in keys {
            if let Some(entry) = node.get_entry(key) {
                place(setting, "", entry.key.span);
            }
        }
        for item in items(node, "env") {
            let name = item.as_str().unwrap().split('=').next().unwrap();
            place("Env", name, item.span);
        }
        for (key, setting) in [("ports", "ExposedPorts"), ("volumes", "Volumes")] {
            for item in items(node, key) {
                place(setting, item.as_str().unwrap(), item.span);
            }
        }
        for (idx, item) in items(node, "onbuild").iter().enumerate() {
            place("OnBuild", &idx.to_string(), item.span);
        }
        for (idx, item) in items(root, "history").iter().enumerate() {
            place("history", &idx.to_string(), item.span);
        }
        let mut labels = BTreeMap::new();
        for entry in node.get("labels").map(|it| it.entries()).unwrap_or_default() {
            let name = entry.key.as_str().unwrap();
            place("Labels", name, entry.key.span);
            labels.insert(name.to_owned(), entry.value.as_str().unwrap().to_owned());
        }
        res.setting_locations = places;
        res.config = Some(ImageConfig {
            platform: Platform::new(text(node, "os").unwrap_or("linux"), "amd64", ""),
            created: text(node, "created").map(str::to_owned),
            author: None,
            runtime: RuntimeConfig { labels, ..runtime(node) },
            history: texts(root, "history").into_iter().map(history_line).collect(),
            diff_ids: Vec::new(),
        });
    }

    fn layer(&self, node: &Node) -> LayerFact {
        LayerFact {
            digest: "sha256:0".to_owned(),
            instruction: text(node, "instruction").unwrap_or_default().to_owned(),
            created: None,
            size: number(node, "size"),
            wasted_bytes: number(node, "wasted"),
            in_base: is(node, "base"),
            location: Some(self.at(node.span)),
        }
    }

    fn file(&self, node: &Node) -> FileFact {
        let entry = entry(node);
        let content = content(node).filter(|_| wants_content(&entry.path));
        FileFact {
            content,
            layer: index(node, "layer"),
            package: text(node, "package").map(str::to_owned),
            location: Some(self.at(node.span)),
            entry,
        }
    }

    fn hidden(&self, node: &Node) -> HiddenFact {
        let entry = entry(node);
        HiddenFact {
            content: content(node).filter(|_| wants_content(&entry.path)),
            layer: index(node, "layer"),
            by: index(node, "by"),
            is_deleted: !is(node, "overwritten"),
            location: Some(self.at(node.span)),
            entry,
        }
    }

    fn package(&self, node: &Node) -> PackageFact {
        PackageFact {
            kind: PackageKind::parse(text(node, "kind").unwrap()).unwrap(),
            name: text(node, "name").unwrap().to_owned(),
            version: text(node, "version").unwrap().to_owned(),
            path: text(node, "path").unwrap_or("var/lib/dpkg/status").to_owned(),
            layer: Some(index(node, "layer")),
            in_base: is(node, "base"),
            release: node.get("release").map(|it| self.release(it)),
            location: Some(self.at(node.span)),
        }
    }

    fn release(&self, node: &Node) -> ReleaseFact {
        let ended = text(node, "ended").unwrap_or_default().to_owned();
        let until = text(node, "until").unwrap_or_default().to_owned();
        ReleaseFact {
            name: text(node, "name").unwrap().to_owned(),
            support: match text(node, "support").unwrap() {
                "supported" => ReleaseSupport::Supported,
                "extended" => ReleaseSupport::Extended { ended, until, is_free: is(node, "free") },
                "dead" => ReleaseSupport::Dead { ended },
                "unknown" => ReleaseSupport::Unknown,
                other => panic!("no support is called {other}"),
            },
            newest: text(node, "newest").unwrap_or_default().to_owned(),
            location: Some(self.at(node.span)),
        }
    }
}

fn runtime(node: &Node) -> RuntimeConfig {
    let test = texts(node, "healthcheck");
    let healthcheck = Healthcheck { test, interval: 0, timeout: 0, start_period: 0, retries: 0 };
    RuntimeConfig {
        user: text(node, "user").unwrap_or_default().to_owned(),
        environment: texts(node, "env"),
        command: texts(node, "cmd"),
        entrypoint: texts(node, "entrypoint"),
        working_folder: text(node, "workdir").unwrap_or_default().to_owned(),
        exposed_ports: texts(node, "ports"),
        volumes: texts(node, "volumes"),
        healthcheck: Some(healthcheck).filter(|it| !it.test.is_empty()),
        on_build: texts(node, "onbuild"),
        ..RuntimeConfig::default()
    }
}

fn history_line(created_by: String) -> HistoryLine {
    HistoryLine { created: None, created_by, author: None, comment: None, is_empty_layer: true }
}

fn entry(node: &Node) -> Entry {
    let kind = match text(node, "kind").unwrap_or("file") {
        "file" => EntryKind::File,
        "directory" => EntryKind::Directory,
        "link" => EntryKind::SymbolicLink("x".to_owned()),
        "block" => EntryKind::BlockDevice(8, 0),
        "character" => EntryKind::CharacterDevice(1, 1),
        other => panic!("no entry is called {other}"),
    };
    let size = content(node).map_or_else(|| number(node, "size"), |it| it.len() as u64);
    Entry {
        path: text(node, "path").unwrap().to_owned(),
        kind,
        size,
        mode: u32::from_str_radix(text(node, "mode").unwrap_or("644"), 8).unwrap(),
        user: u32::try_from(number(node, "user")).unwrap(),
        group: u32::try_from(number(node, "group")).unwrap(),
        modified: 0,
        has_capabilities: is(node, "capabilities"),
    }
}

fn content(node: &Node) -> Option<Vec<u8>> {
    text(node, "content").map(|it| it.as_bytes().to_vec())
}

fn text<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    node.get(key)?.as_str()
}

fn texts(node: &Node, key: &str) -> Vec<String> {
    items(node, key).iter().map(|it| it.as_str().unwrap().to_owned()).collect()
}

fn items<'a>(node: &'a Node, key: &str) -> &'a [Node] {
    node.get(key).map_or(&[], |it| it.items())
}

fn number(node: &Node, key: &str) -> u64 {
    text(node, key).map(|it| it.parse().unwrap()).unwrap_or_default()
}

fn index(node: &Node, key: &str) -> usize {
    usize::try_from(number(node, key)).unwrap()
}

fn is(node: &Node, key: &str) -> bool {
    text(node, key) == Some("true")
}

/// Days since 1970-01-01, counted one by one.
fn day(date: &str) -> i64 {
    let parts: Vec<i64> = date.split('-').map(|it| it.parse().unwrap()).collect();
    let &[year, month, day] = parts.as_slice() else { panic!("{date}") };
    let is_leap = |it: i64| (it % 4 == 0 && it % 100 != 0) || it % 400 == 0;
    let years: i64 = (1970..year).map(|it| if is_leap(it) { 366 } else { 365 }).sum();
    let february = if is_leap(year) { 29 } else { 28 };
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    years + lengths.iter().take(usize::try_from(month - 1).unwrap()).sum::<i64>() + day - 1
}

/// The name of the block that gives an image.
pub(crate) const MAIN: &str = "image.yaml";
