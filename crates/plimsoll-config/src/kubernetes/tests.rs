//! What manifests say, as tables.

use plimsoll_text::Source;

use crate::kubernetes::{
    ContainerRole, Manifest, Object, Profile, Selection, clean_path, covers_path,
};

fn read(text: &str) -> Manifest {
    Manifest::parse(&Source::new("manifest.yaml", text))
}

/// `kind: containers` of every object.
fn outline(text: &str) -> Vec<String> {
    let names = |object: &Object| {
        let pod = object.pod.as_ref();
        let names = pod.map(|it| it.containers.iter().map(|it| it.name.as_str()).collect());
        format!("{}: {}", object.kind, names.unwrap_or_else(|| vec!["-"]).join(" "))
    };
    read(text).objects.iter().map(|it| names(it)).collect()
}

#[test]
fn pods_are_found_wherever_a_kind_keeps_them() {
    let table = [
        ("kind: Pod\nspec: {containers: [{name: a}], initContainers: [{name: b}]}", "Pod: a b"),
        ("kind: Deployment\nspec: {template: {spec: {containers: [{name: a}]}}}", "Deployment: a"),
        (
            "kind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a}]}}}}}",
            "CronJob: a",
        ),
        ("kind: PodTemplate\ntemplate: {spec: {containers: [{name: a}]}}", "PodTemplate: a"),
        ("kind: Service\nspec: {template: {spec: {containers: [{name: a}]}}}", "Service: -"),
        (
            "apiVersion: serving.knative.dev/v1\nkind: Service\nspec: {template: {spec: {containers: [{name: a}]}}}",
            "Service: a",
        ),
        ("kind: Game\nspec: {template: {spec: {containers: [{name: a, image: b}]}}}", "Game: a"),
        ("kind: Game\nspec: {template: {spec: {containers: [{name: a}]}}}", "Game: -"),
        ("kind: Deployment\nspec: {template: 3}", "Deployment: -"),
        ("kind: pod\nspec: {containers: [{name: a}]}", "pod: a"),
        ("kind: Pod\nspec: {containers: {name: a}}", "Pod: "),
    ];
    for (text, expected) in table {
        assert_eq!(outline(text), [expected], "{text}");
    }
}

#[test]
fn lists_are_flattened_and_documents_follow_each_other() {
    let text = "kind: List\nitems:\n- kind: Pod\n  spec: {}\n- {kind: ConfigMap}\n---\nkind: Secret\n---\n3\n";
    assert_eq!(outline(text), ["Pod: ", "ConfigMap: -", "Secret: -"]);
    let mut deep = String::from("{kind: Pod}");
    for _ in 0..9 {
        deep = format!("{{kind: List, items: [{deep}]}}");
    }
    let manifest = read(&deep);
    assert!(manifest.objects.is_empty());
    assert_eq!(manifest.gaps.len(), 1);
}

#[test]
fn a_pod_with_too_many_containers_is_a_gap() {
    let containers = "{name: a}, ".repeat(super::MAX_CONTAINERS + 1);
    let manifest = read(&format!("kind: Pod\nspec: {{containers: [{containers}]}}"));
    assert_eq!(manifest.gaps.len(), 1);
    let pod = manifest.objects.first().and_then(|it| it.pod.clone()).unwrap();
    assert_eq!(pod.containers.len(), super::MAX_CONTAINERS);
}

#[test]
fn the_container_decides_before_the_pod_and_fields_before_annotations() {
    let manifest = read(
        "kind: Pod\n\
         metadata:\n  \
           annotations:\n    \
             seccomp.security.alpha.kubernetes.io/pod: unconfined\n    \
             container.apparmor.security.beta.kubernetes.io/b: localhost/mine\n\
         spec:\n  \
           securityContext: {runAsUser: 0, runAsNonRoot: true}\n  \
           initContainers:\n  \
           - name: a\n    \
             securityContext: {runAsUser: 5, seccompProfile: {type: RuntimeDefault}}\n  \
           containers:\n  \
           - name: b\n    \
             securityContext: {runAsUser: null, privileged: true}\n",
    );
    let pod = manifest.objects.first().and_then(|it| it.pod.clone()).unwrap();
    let [a, b] = pod.containers.as_slice() else { panic!("two containers") };
    assert_eq!((a.role, b.role), (ContainerRole::Init, ContainerRole::Main));
    assert_eq!((pod.user_id(a), pod.user_id(b)), (Some(5), Some(0)));
    assert_eq!(pod.decided_bool(b, "runAsNonRoot"), Some(true));
    assert_eq!(pod.seccomp(a).profile, Profile::RuntimeDefault);
    assert_eq!(pod.seccomp(b).profile, Profile::Unconfined);
    assert_eq!(pod.app_armor(a).profile, Profile::Unset);
    assert_eq!(pod.app_armor(b).profile, Profile::Localhost);
    assert_eq!((a.is_privileged(), b.is_privileged()), (false, true));
    assert_eq!(manifest.source().slice(b.place), "name: b");
}

#[test]
fn capabilities_are_the_default_ones_and_the_added_without_the_dropped() {
    let table = [
        ("{}", "NET_RAW", true),
        ("{}", "SYS_ADMIN", false),
        ("{drop: [all]}", "NET_RAW", false),
        ("{drop: [CAP_NET_RAW]}", "NET_RAW", false),
        ("{drop: [ALL], add: [net_raw]}", "NET_RAW", true),
        ("{add: [ALL]}", "SYS_ADMIN", true),
        ("3", "NET_RAW", true),
    ];
    for (capabilities, name, expected) in table {
        let manifest = read(&format!(
            "kind: Pod\nspec: {{containers: [{{securityContext: {{capabilities: {capabilities}}}}}]}}"
        ));
        let pod = manifest.objects.first().and_then(|it| it.pod.clone()).unwrap();
        let container = pod.containers.first().unwrap();
        assert_eq!(container.capabilities().holds(name), expected, "{capabilities} {name}");
    }
}

#[test]
fn a_network_policy_selects_by_labels_within_its_namespace() {
    let pod = "kind: Pod\nmetadata: {namespace: x, labels: {app: web, tier: front}}\nspec: {}";
    let table = [
        ("x", "podSelector: {}", Some((Selection::Certain, true, false))),
        ("x", "podSelector: {}, egress: []", Some((Selection::Certain, true, true))),
        (
            "x",
            "podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]",
            Some((Selection::Certain, false, true)),
        ),
        ("x", "podSelector: {matchLabels: {app: db}}", None),
        (
            "x",
            "podSelector: {matchExpressions: [{key: tier, operator: In, values: [front]}]}",
            Some((Selection::Certain, true, false)),
        ),
        ("x", "podSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}]}", None),
        ("y", "podSelector: {}", None),
        ("", "podSelector: {}", Some((Selection::Likely, true, false))),
    ];
    for (namespace, spec, expected) in table {
        let policy = format!(
            "kind: NetworkPolicy\nmetadata: {{namespace: {namespace}}}\nspec: {{{spec}}}\n---\n{pod}"
        );
        let manifest = read(&policy);
        let [policy, pod] = manifest.objects.as_slice() else { panic!("two objects") };
        let found = policy.selects(pod).map(|it| (it.selection, it.ingress, it.egress));
        assert_eq!(found, expected, "{namespace} {spec}");
    }
}

#[test]
fn paths_are_compared_by_what_they_name() {
    let table = [("/a//b/./c/", "/a/b/c"), ("/a/../..", "/"), ("", "/"), ("run/x", "/run/x")];
    for (path, clean) in table {
        assert_eq!(clean_path(path), clean, "{path}");
    }
    assert!(covers_path("/", "/run/docker.sock") && covers_path("/run", "/run"));
    assert!(!covers_path("/run", "/running") && !covers_path("/run/x", "/run"));
}
