//! What the rules over manifests share: where a missing setting is missed, and the edits that set
//! it. Must not know what any one rule demands.

use std::sync::Arc;

use plimsoll_config::{
    edit::{
        CommentAbove, Insert, Value, delete_entry, delete_item, insert_key, push_item,
        replace_scalar, set_key,
    },
    kubernetes::{Capability, Container, ContainerRole, Pod},
    tree::Node,
};
use plimsoll_dockerfile::ImageReference;
use plimsoll_finding::{Confidence, Draft, Safety, Severity, Sink};
use plimsoll_text::{Edit, Span};

use crate::subject::kubernetes::{KubernetesNode, KubernetesSubject};

/// Where `keys` would stand in the container: the last of them that is written, else its name.
pub(crate) fn place_in(container: &Container, keys: &[&str]) -> Span {
    deepest(&container.node, keys).unwrap_or(container.place)
}

/// Reports that a container lacks a setting. One without an image may be a patch for an object that
/// has the setting, so it is said with less confidence.
pub(crate) fn report_missing<'a>(
    sink: &'a mut Sink<'_>,
    container: &Container,
    span: Span,
    message: impl Into<String>,
) -> Draft<'a> {
    let draft = sink.report(span, message);
    if container.image().is_some() { draft } else { draft.confidence(Confidence::Low) }
}

/// Edits that set `keys` of the container; none where they would change something else too. A
/// security context that is new forbids to gain privileges as well, lest it leave that open.
pub(crate) fn set_in(
    subject: &KubernetesSubject,
    container: &Container,
    keys: &[&str],
    value: Value,
) -> Vec<Edit> {
    let (keys, value) = match keys {
        [context @ "securityContext", rest @ ..]
            if !rest.is_empty() && container.security_context().is_none() =>
        {
            (&[*context] as &[&str], first_context(rest, value))
        }
        _ => (keys, value),
    };
    set_at(subject, &container.node, keys, value, Some("image"))
}

/// Edits that set `keys` of the pod; none where they would change something else too.
pub(crate) fn set_in_pod(
    subject: &KubernetesSubject,
    pod: &Pod,
    keys: &[&str],
    value: Value,
) -> Vec<Edit> {
    set_at(subject, &pod.spec, keys, value, None)
}

/// Edits that take `key` away from `mapping`; none where they would change something else too.
pub(crate) fn delete_from(subject: &KubernetesSubject, mapping: &Node, key: &str) -> Vec<Edit> {
    delete_entry(subject.tree(), mapping, key, CommentAbove::Keep).unwrap_or_default()
}

/// Edits that take the item at `index` away; none where they would change something else too.
pub(crate) fn delete_item_of(
    subject: &KubernetesSubject,
    sequence: &Node,
    index: usize,
) -> Vec<Edit> {
    delete_item(subject.tree(), sequence, index, CommentAbove::Keep).unwrap_or_default()
}

/// Edits that put `value` in the place of the scalar `node`.
pub(crate) fn replace(subject: &KubernetesSubject, node: &Node, value: &Value) -> Vec<Edit> {
    replace_scalar(subject.tree(), node, value).unwrap_or_default()
}

/// Edits that put `value` at the end of `sequence`.
pub(crate) fn push(subject: &KubernetesSubject, sequence: &Node, value: &Value) -> Vec<Edit> {
    push_item(subject.tree(), sequence, value, None).unwrap_or_default()
}

/// Edits that set `key` of any mapping of the manifest.
pub(crate) fn set_key_of(
    subject: &KubernetesSubject,
    mapping: &Node,
    key: &str,
    value: Value,
) -> Vec<Edit> {
    set_at(subject, mapping, &[key], value, None)
}

/// Whether nothing in the pod says `runAsNonRoot`, though it has containers.
pub(crate) fn unset_non_root(pod: &Pod) -> bool {
    let is_set = |it: &Arc<Container>| pod.decided(it, "runAsNonRoot").is_some();
    !pod.is_windows() && !pod.containers.is_empty() && !pod.containers.iter().any(is_set)
}

/// Reports a container without a limit for `key`, with `guess` as the fix.
pub(crate) fn report_limit(
    subject: &KubernetesSubject,
    node: &KubernetesNode,
    sink: &mut Sink<'_>,
    key: &str,
    guess: &str,
) {
    let Some((pod, container)) = node.container() else { return };
    let keys = ["resources", "limits", key];
    if container.role == ContainerRole::Ephemeral || has_resource(pod, container, &keys) {
        return;
    }
    let span = resource_place(container, &keys);
    let message = format!("{} has no {key} limit", called(container));
    let edits = set_in(subject, container, &keys, Value::text(guess));
    report_missing(sink, container, span, message).fix(
        format!("Limit it to {guess}"),
        Safety::Unsafe,
        edits,
    );
}

/// Reports a container without a request for `key`. With a limit the request is the same as the
/// limit, so the fix says that; else it is `guess`.
pub(crate) fn report_request(
    subject: &KubernetesSubject,
    node: &KubernetesNode,
    sink: &mut Sink<'_>,
    key: &str,
    guess: &str,
) {
    let Some((pod, container)) = node.container() else { return };
    let keys = ["resources", "requests", key];
    if container.role == ContainerRole::Ephemeral || has_resource(pod, container, &keys) {
        return;
    }
    let span = resource_place(container, &keys);
    let limit = container.find(&["resources", "limits", key]);
    let called = called(container);
    let (message, severity) = if limit.is_some() {
        (format!("{called} requests as much {key} as its limit, by default"), Severity::Info)
    } else {
        (format!("{called} requests no {key}, so none is set aside for it"), Severity::Low)
    };
    let draft = report_missing(sink, container, span, message).severity(severity);
    let same = limit.and_then(|it| it.as_str());
    let value = match limit {
        Some(it) if it.as_string().is_none() => Value::Literal(same.unwrap_or(guess).to_owned()),
        _ => Value::text(same.unwrap_or(guess)),
    };
    let edits = set_in(subject, container, &keys, value);
    draft.fix(format!("Request {}", same.unwrap_or(guess)), Safety::Unsafe, edits);
}

/// The name of the container for a message.
pub(crate) fn called(container: &Container) -> String {
    let what = match container.role {
        ContainerRole::Main => "container",
        ContainerRole::Init => "init container",
        ContainerRole::Ephemeral => "ephemeral container",
    };
    if container.name.is_empty() { what.to_owned() } else { format!("{what} `{}`", container.name) }
}

/// The image of the container, taken apart; `None` where a template engine has yet to fill it in.
pub(crate) fn image_of(container: &Container) -> Option<(&Node, ImageReference)> {
    let node = container.image()?;
    let text = node.as_str()?.trim();
    let is_template = text.contains(['$', '{', '}', '<', '>', '%']);
    let image = ImageReference::parse(text).filter(|_| !is_template)?;
    Some((node, image))
}

/// Whether the API server refuses to have privilege escalation off beside what the container asks
/// for.
pub(crate) fn needs_escalation(container: &Container) -> bool {
    container.is_privileged() || container.capabilities().adds("SYS_ADMIN")
}

/// The added capabilities that are wanted, each name once: of these there are not many, however
/// long the list is.
pub(crate) fn added(container: &Container, is_wanted: fn(&str) -> bool) -> Vec<Capability> {
    let mut res: Vec<Capability> = Vec::new();
    for capability in container.capabilities().add {
        let is_new = is_wanted(&capability.name) && res.iter().all(|it| it.name != capability.name);
        if is_new {
            res.push(capability);
        }
    }
    res
}

/// Edits that take the capability at `span` out of the list `add`, or the list away if it is all.
pub(crate) fn remove_added(
    subject: &KubernetesSubject,
    container: &Container,
    capability: &Capability,
) -> Vec<Edit> {
    let capabilities = container.capabilities();
    let (Some(all), Some(add)) = (capabilities.entry, capabilities.add_entry) else {
        return Vec::new();
    };
    let items = add.value.items();
    if items.len() == 1 {
        return delete_from(subject, &all.value, "add");
    }
    let Some(index) = items.iter().position(|it| it.span == capability.span) else {
        return Vec::new();
    };
    let tree = subject.tree();
    delete_item(tree, &add.value, index, CommentAbove::Keep).unwrap_or_default()
}

/// Where engines keep the sockets that make whoever holds them root on the node.
pub(crate) static RUNTIME_SOCKETS: &[&str] = &[
    "/var/run/docker.sock",
    "/run/docker.sock",
    "/var/run/containerd/containerd.sock",
    "/run/containerd/containerd.sock",
    "/run/k3s/containerd/containerd.sock",
    "/var/run/crio/crio.sock",
    "/run/crio/crio.sock",
    "/var/run/cri-dockerd.sock",
    "/run/cri-dockerd.sock",
    "/var/run/podman/podman.sock",
    "/run/podman/podman.sock",
];

/// Whether the container, or the pod for all of its containers, sets a resource.
fn has_resource(pod: &Pod, container: &Container, keys: &[&str]) -> bool {
    container.find(keys).is_some() || pod.spec.find(keys).is_some_and(|it| !it.is_null())
}

/// The list that the resource is missing from, else the container.
fn resource_place(container: &Container, keys: &[&str; 3]) -> Span {
    let [outer, inner, _] = keys;
    let list = container.find(&[outer]).and_then(|it| it.get_entry(inner));
    list.map_or(container.place, |it| it.key.span)
}

fn deepest(node: &Node, keys: &[&str]) -> Option<Span> {
    let mut node = node;
    let mut res = None;
    for key in keys {
        let Some(entry) = node.get_entry(key) else { break };
        res = Some(entry.key.span);
        node = &entry.value;
    }
    res
}

fn set_at(
    subject: &KubernetesSubject,
    node: &Node,
    keys: &[&str],
    value: Value,
    after: Option<&str>,
) -> Vec<Edit> {
    let tree = subject.tree();
    let Some((key, rest)) = keys.split_first() else { return Vec::new() };
    let insert = Insert { after, comment: None };
    let Some(entry) = node.get_entry(key) else {
        return insert_key(tree, node, key, &nested(rest, value), insert).unwrap_or_default();
    };
    // What a merge key brings in is shared with others.
    if node.own_entry(key).is_none() {
        return Vec::new();
    }
    if rest.is_empty() || !entry.value.is_mapping() {
        return set_key(tree, node, key, &nested(rest, value), insert).unwrap_or_default();
    }
    set_at(subject, &entry.value, rest, value, None)
}

fn first_context(keys: &[&str], value: Value) -> Value {
    let escalation = "allowPrivilegeEscalation";
    match nested(keys, value) {
        Value::Map(mut entries) if keys.first() != Some(&escalation) => {
            entries.push((escalation.to_owned(), Value::truth(false)));
            Value::Map(entries)
        }
        other => other,
    }
}

fn nested(keys: &[&str], value: Value) -> Value {
    keys.iter().rev().fold(value, |inner, key| Value::map([(key, inner)]))
}
