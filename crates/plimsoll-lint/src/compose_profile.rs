//! Which services of a compose file may run at the same time. Knows no rule.

use plimsoll_config::tree::Node;

/// Whether some choice of profiles starts both services. Those of different profiles are taken to
/// be alternatives.
pub(crate) fn may_meet(first: &Node, second: &Node) -> bool {
    let profiles = |it: &Node| -> Vec<String> {
        let items = it.get("profiles").map(Node::items).unwrap_or_default();
        items.iter().filter_map(|it| it.as_str()).map(str::to_owned).collect()
    };
    let (first, second) = (profiles(first), profiles(second));
    first.is_empty() || second.is_empty() || first.iter().any(|it| second.contains(it))
}
