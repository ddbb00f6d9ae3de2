//! Which pods a network policy selects, and in which direction it holds them.

use std::collections::BTreeMap;

use crate::{
    kubernetes::object::Object,
    tree::{Entry, Node},
};

/// What a network policy does to a pod that it selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicySelection {
    /// Whether the policy's namespace is the pod's.
    pub selection: Selection,
    /// Whether what comes in is held back but for what is allowed.
    pub ingress: bool,
    /// Whether what goes out is held back but for what is allowed.
    pub egress: bool,
}

/// How sure it is that a policy selects a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Selection {
    /// One of both does not say its namespace.
    Likely,
    /// Both say the same namespace, or both leave it to whoever applies them.
    Certain,
}

impl Object {
    /// What this network policy does to the pods of `other`; `None` if it does not select them.
    pub fn selects(&self, other: &Object) -> Option<PolicySelection> {
        if self.kind != "NetworkPolicy" {
            return None;
        }
        let pod = other.pod.as_ref()?;
        let selection = match (self.namespace(), other.namespace()) {
            (ours, theirs) if ours == theirs => Selection::Certain,
            (Some(_), Some(_)) => return None,
            _ => Selection::Likely,
        };
        let spec = self.root.get("spec")?;
        if !matches_selector(spec.get("podSelector")?, &pod.metadata.labels()) {
            return None;
        }
        let types = spec.get("policyTypes").map(Node::items).unwrap_or_default();
        let says = |name: &str| types.iter().any(|it| it.as_str() == Some(name));
        let (ingress, egress) = if types.is_empty() {
            (true, spec.get("egress").is_some())
        } else {
            (says("Ingress"), says("Egress"))
        };
        Some(PolicySelection { selection, ingress, egress })
    }
}

fn matches_selector(selector: &Node, labels: &BTreeMap<&str, &str>) -> bool {
    let wanted = selector.get("matchLabels").map(Node::entries).unwrap_or_default();
    let has = |it: &&Entry| match (it.key.as_str(), it.value.as_str()) {
        (Some(key), Some(value)) => labels.get(key) == Some(&value),
        _ => false,
    };
    let expressions = selector.get("matchExpressions").map(Node::items).unwrap_or_default();
    wanted.iter().all(has) && expressions.iter().all(|it| matches_expression(it, labels))
}

fn matches_expression(expression: &Node, labels: &BTreeMap<&str, &str>) -> bool {
    let Some(key) = expression.get("key").and_then(Node::as_str) else { return false };
    let value = labels.get(key).copied();
    let values = expression.get("values").map(Node::items).unwrap_or_default();
    let listed = value.is_some_and(|value| values.iter().any(|it| it.as_str() == Some(value)));
    match expression.get("operator").and_then(Node::as_str) {
        Some("In") => listed,
        Some("NotIn") => !listed,
        Some("Exists") => value.is_some(),
        Some("DoesNotExist") => value.is_none(),
        _ => false,
    }
}
