//! Small projects and what they come to; hostile ones and that they do no harm.

use std::{collections::BTreeMap, sync::Arc};

use plimsoll_text::{Location, Source};

use crate::compose::{
    ComposeInput, Environment, Issue, IssueKind, Project, Settings, VariableOrigin, load_project,
};

/// Loads the files called `compose…` on top of each other; the rest can be asked for.
fn load(files: &[(&str, &str)]) -> Project {
    let sources: BTreeMap<String, Arc<Source>> =
        files.iter().map(|it| (it.0.to_owned(), Source::new(it.0, it.1))).collect();
    let inputs: Vec<ComposeInput> = files
        .iter()
        .filter(|it| it.0.starts_with("compose") || it.0.starts_with("app/compose"))
        .filter_map(|it| Some(ComposeInput { source: Arc::clone(sources.get(it.0)?) }))
        .collect();
    let environment = Environment::new([("HOME".to_owned(), "/home/user".to_owned())]);
    let settings = Settings { environment, directory: Some("/p".to_owned()), profiles: vec![] };
    load_project(&inputs, &settings, &|path| sources.get(path).cloned())
}

fn one(service: &str) -> Project {
    let body = format!("    {}\n", service.replace('\n', "\n    "));
    load(&[("compose.yaml", &format!("services:\n  a:\n    image: i\n{body}"))])
}

fn place(location: &Location) -> String {
    format!("{}:{}", location.source.name(), location.start().line)
}

fn refused(project: &Project) -> Vec<&Issue> {
    project.issues.iter().filter(|it| !it.kind.is_warning()).collect()
}

#[test]
fn every_value_points_at_the_line_that_set_it() {
    let project = load(&[
        (
            "compose.yaml",
            "services:\n  a:\n    image: i\n    user: root\n    cap_add: [A]\n    environment:\n      X: ${U:-1}\n      Y: 2\n    extends: {file: base/b.yaml, service: b}\n",
        ),
        (
            "compose.override.yaml",
            "services:\n  a:\n    user: '10'\n    cap_add: [B]\n    environment: [X=3]\n    ports: ['127.0.0.1:80-81:90-91/udp']\n",
        ),
        (
            "base/b.yaml",
            "services:\n  b:\n    read_only: true\n    volumes: [./d:/d:ro]\n    env_file: e.env\n",
        ),
        ("base/e.env", "# c\nE=1\nY=9\n"),
    ]);
    assert!(refused(&project).is_empty() && project.gaps.is_empty(), "{:?}", project.issues);
    let a = project.service("a").unwrap();
    assert_eq!(place(&a.location), "compose.yaml:2");
    let user = a.user.as_ref().unwrap();
    assert_eq!(
        (user.value.as_str(), place(&user.location)),
        ("10", "compose.override.yaml:3".into())
    );
    assert_eq!(user.key.text(), "user");
    assert_eq!(user.written(), "'10'");
    assert_eq!(place(&a.read_only.as_ref().unwrap().location), "base/b.yaml:3");
    let caps: Vec<_> = a.cap_add.iter().map(|it| place(&it.location)).collect();
    assert_eq!(caps, ["compose.yaml:5", "compose.override.yaml:4"]);
    let variables: Vec<_> = a
        .environment
        .iter()
        .map(|it| (it.name.value.as_str(), place(&it.value.as_ref().unwrap().location), it.origin))
        .collect();
    assert_eq!(
        variables,
        [
            ("X", "compose.override.yaml:5".to_owned(), VariableOrigin::Compose),
            ("Y", "compose.yaml:8".to_owned(), VariableOrigin::Compose),
            ("E", "base/e.env:2".to_owned(), VariableOrigin::File),
        ]
    );
    let mount = &a.volumes[0];
    assert_eq!(mount.source.as_ref().unwrap().value, "./base/d");
    assert_eq!(mount.location.text(), "./d:/d:ro");
    assert_eq!(mount.read_only.as_ref().map(|it| it.value), Some(true));
    let port = &a.ports[0];
    assert_eq!(port.host_ip.as_ref().unwrap().value, "127.0.0.1");
    assert_eq!((port.published.as_ref().unwrap().value, port.target.value), ((80, 81), (90, 91)));
    assert_eq!(port.protocol.value, "udp");
    let node = project.node_of(a).unwrap();
    assert_eq!(node.get("user").unwrap().as_str(), Some("root"));
    assert_eq!(project.files.len(), 3);
}

#[test]
fn short_and_long_forms_are_one_in_the_typed_view() {
    let project = one(
        "command: run \"a b\"\nentrypoint: []\nbuild: ./x\nmem_limit: 64m\ncpus: '0.5'\npids_limit: 10\ndeploy: {resources: {limits: {memory: 64M, cpus: 0.5, pids: 10}}}\nhealthcheck: {test: NONE}\nulimits: {nofile: 5}\nprivileged: 'yes'\nstop_grace_period: 1m\ndepends_on: [b]\nnetworks: [n]\nsecrets: [s]\nvolumes: [{source: /var/run/docker.sock, target: /s}]",
    );
    let a = project.service("a").unwrap();
    assert_eq!(a.command.as_ref().unwrap().value, ["run", "a b"]);
    assert!(a.entrypoint.as_ref().unwrap().value.is_empty());
    assert_eq!(a.build.as_ref().unwrap().context.value, "./x");
    assert_eq!(a.memory_limit().unwrap().value, 64 << 20);
    assert!((a.cpu_limit().unwrap().value - 0.5).abs() < 1e-9);
    assert_eq!(a.pids_limit().unwrap().value, 10);
    assert!(a.healthcheck.as_ref().unwrap().is_disabled());
    assert_eq!((a.ulimits[0].soft, a.ulimits[0].hard), (Some(5), Some(5)));
    assert_eq!(a.privileged.as_ref().map(|it| it.value), Some(true));
    assert_eq!(a.stop_grace_period.as_ref().unwrap().value, 60_000_000_000);
    assert_eq!(a.depends_on[0].condition, "service_started");
    assert_eq!(a.secrets[0].source.value, "s");
    // A mount without `type` is refused by compose, but it is not lost.
    assert_eq!(a.volumes[0].kind.value, "bind");
}

#[test]
fn what_compose_refuses_is_told_at_its_place() {
    use IssueKind::{Inconsistent, Interpolation, RequiredVariable, UnknownKey, WrongType};
    let table = [
        ("prots: [1]", UnknownKey, "prots", "did you mean `ports`?"),
        ("build: {contxt: .}", UnknownKey, "contxt", "context"),
        ("foo: 1", UnknownKey, "foo", "no key `foo`"),
        ("ports: 80", WrongType, "80", "a list"),
        ("user: 0", WrongType, "0", "quote"),
        ("privileged: maybe", WrongType, "maybe", "true"),
        ("ports: ['x:80']", WrongType, "'x:80'", "no port"),
        ("volumes: ['aa:/b:ro:x']", WrongType, "'aa:/b:ro:x'", "no mount"),
        ("volumes: [{type: bind}]", WrongType, "{type: bind}", "`target`"),
        ("mem_limit: 5x", WrongType, "5x", "size"),
        ("healthcheck: {interval: 5}", WrongType, "5", "duration"),
        ("pull_policy: soon", WrongType, "soon", "always"),
        ("environment: {A: [1]}", WrongType, "[1]", "single"),
        ("command: 'a \"b'", WrongType, "'a \"b'", "quote"),
        ("network_mode: host\nnetworks: [default]", Inconsistent, "network_mode", "exclude"),
        ("networks: [n]", Inconsistent, "n", "not declared"),
        ("volumes: ['nn:/x']", Inconsistent, "'nn:/x'", "not declared"),
        ("secrets: [s]", Inconsistent, "s", "not declared"),
        ("depends_on: [q]", Inconsistent, "q", "not declared"),
        (
            "mem_limit: 1g\ndeploy: {resources: {limits: {cpus: '1'}}}",
            Inconsistent,
            "1g",
            "different limits",
        ),
        ("security_opt: [x, x]", WrongType, "x", "twice"),
        ("links: [a]", Inconsistent, "a", "circle"),
        ("extends: q", Inconsistent, "q", "no service `q`"),
        ("hostname: $(x)", Interpolation, "$", "$$"),
        ("hostname: ${X?gone}", RequiredVariable, "${X", "gone"),
    ];
    for (text, kind, quote, message) in table {
        let project = one(text);
        let issues = refused(&project);
        let issue = issues.first().unwrap_or_else(|| panic!("{text}"));
        assert_eq!((issue.kind, issue.location.text()), (kind, quote), "{text}: {}", issue.message);
        assert!(issue.message.contains(message), "{text}: {}", issue.message);
        assert_eq!(issues.len(), 1, "{text}: {issues:?}");
    }
    let bare = load(&[("compose.yaml", "services: {a: {}}\n")]);
    assert!(bare.issues[0].message.contains("neither"));
    for fine in ["x-foo: 1", "command:", "deploy:", "gpus: all", "scale: 2", "init: true"] {
        assert!(refused(&one(fine)).is_empty(), "{fine}");
    }
}

#[test]
fn what_could_not_be_had_is_a_gap() {
    let table = [
        ("services: {a: {image: i, env_file: no.env}}", "no.env"),
        ("services: {a: {image: i, extends: {file: sub/no.yaml, service: b}}}", "sub/no.yaml"),
        ("include: [sub/no.yaml]\nservices: {a: {image: i}}", "sub/no.yaml"),
        ("include: ['https://example.org/x.git']\nservices: {a: {image: i}}", "example.org"),
    ];
    for (text, path) in table {
        let project = load(&[("app/compose.yaml", text)]);
        assert_eq!(project.gaps.len(), 1, "{text}");
        assert!(project.gaps[0].path.contains(path), "{:?}", project.gaps);
        assert!(project.gaps[0].path.starts_with("app/"), "{:?}", project.gaps);
        assert!(project.service("a").is_some());
    }
    let optional = "services: {a: {image: i, env_file: [{path: no.env, required: false}]}}";
    assert!(load(&[("compose.yaml", optional)]).gaps.is_empty());
}

#[test]
fn included_services_come_in_and_keep_their_places() {
    let project = load(&[
        ("compose.yaml", "include: [db/c.yaml]\nservices: {a: {image: i, depends_on: [db]}}\n"),
        ("db/c.yaml", "services:\n  db: {image: 'd:${TAG}', volumes: ['./d:/d'], build: {}}\n"),
        ("db/.env", "TAG=7\n"),
    ]);
    assert!(refused(&project).is_empty(), "{:?}", project.issues);
    let db = project.service("db").unwrap();
    assert_eq!(db.image.as_ref().unwrap().value, "d:7");
    assert_eq!(place(&db.location), "db/c.yaml:2");
    assert_eq!(db.volumes[0].source.as_ref().unwrap().value, "./db/d");
    assert_eq!(db.build.as_ref().unwrap().context.value, "./db");
    let clash = load(&[
        ("compose.yaml", "include: [c.yaml]\nservices: {a: {image: i}}\n"),
        ("c.yaml", "services: {a: {image: j}}\n"),
    ]);
    assert_eq!(refused(&clash).len(), 1);
}

#[test]
fn reset_and_override_take_away_and_replace() {
    let project = load(&[
        ("compose.yaml", "services: {a: {image: i, ports: ['1:1'], user: x, cap_add: [A, B]}}\n"),
        (
            "compose.b.yaml",
            "services: {a: {ports: !override ['2:2'], user: !reset null, cap_add: !reset []}}\n",
        ),
    ]);
    let a = project.service("a").unwrap();
    assert!(a.user.is_none() && a.cap_add.is_empty());
    assert_eq!(a.ports.len(), 1);
    assert_eq!(a.ports[0].target.value, (2, 2));
}

#[test]
fn circles_and_bombs_come_to_an_end() {
    let circle = "services:\n  a: {image: i, extends: b}\n  b: {image: i, extends: a}\n";
    let project = load(&[("compose.yaml", circle)]);
    assert!(refused(&project).iter().any(|it| it.message.contains("circle")));
    let itself = load(&[("compose.yaml", "include: [compose.yaml]\nservices: {a: {image: i}}\n")]);
    assert!(itself.issues.iter().any(|it| it.kind == IssueKind::Limit));
    let mut chain = "services:\n  s0: {image: i}\n".to_owned();
    for idx in 1..5_000 {
        chain.push_str("  s");
        chain.push_str(&idx.to_string());
        chain.push_str(": {extends: s");
        chain.push_str(&(idx - 1).to_string());
        chain.push_str("}\n");
    }
    assert!(load(&[("compose.yaml", &chain)]).issues.iter().any(|it| it.kind == IssueKind::Limit));
    let mut bomb = "x-0: &a0 {k: [x, x]}\n".to_owned();
    for idx in 1..30 {
        let before = vec![format!("*a{}", idx - 1); 9].join(", ");
        bomb = bomb + "x-" + &idx.to_string() + ": &a" + &idx.to_string() + " [" + &before + "]\n";
    }
    let project = load(&[("compose.yaml", &(bomb + "services: {a: {image: i}}\n"))]);
    assert!(project.issues.iter().any(|it| it.kind == IssueKind::Limit));
    assert!(project.service("a").is_some());
}

#[test]
fn odd_files_do_no_harm() {
    let texts = [
        "",
        "a",
        "[]",
        "services: []",
        "services: {a: 1}",
        "services: {a: }",
        "services:\n  a: [x]\n",
        "services: {a: {build: 1, ports: {}, volumes: x, environment: 5, networks: 7, deploy: []}}",
        "services: {a: {ports: [[1]], volumes: [[1]], secrets: [1], env_file: 5, extends: [x]}}",
        "include: {a: b}\nservices: {a: {image: i}}",
        "include: [{path: []}]",
        "name: [x]",
        "services: {a: {ports: ['1-65535:1-65535', '0-65535']}}",
        "? [x]\n: y\n",
        "networks: {n: 5}",
        "services: {a: {healthcheck: [x], logging: x, ulimits: [1], depends_on: 4, build: {args: 3}}}",
        "volumes: {v: {external: {name: x}}}\nservices: {a: {image: i, volumes: ['v1:/x', ':', '']}}",
    ];
    for text in texts {
        let project = load(&[("compose.yaml", text), ("compose.two.yaml", text)]);
        assert!(project.to_json().starts_with('{'));
    }
}
