//! Asking a tree what it says, with aliases followed and merge keys honoured.

use std::collections::{HashMap, HashSet};

use crate::tree::{
    Entry, Node, NodeKind, ScalarStyle, Step,
    resolve::{ScalarType, parse_bool, parse_bool_word, parse_float, parse_int, resolve_plain},
};

impl Node {
    /// The node itself, or the one its alias stands for.
    pub fn resolved(&self) -> &Node {
        let mut node = self;
        // The tree holds no circle, as an anchor is known only after its node has ended.
        while let NodeKind::Alias { target: Some(target), .. } = &node.kind {
            node = target;
        }
        node
    }

    /// The value of `key` in a mapping; its own keys win over merged ones.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.get_entry(key).map(|it| &it.value)
    }

    /// The entry of `key` in a mapping; its own keys win over merged ones.
    pub fn get_entry(&self, key: &str) -> Option<&Entry> {
        self.own_entry(key).or_else(|| self.merges().into_iter().find_map(|it| it.get_entry(key)))
    }

    /// The entry of `key` that the mapping says itself; of two the last, as readers take it.
    pub fn own_entry(&self, key: &str) -> Option<&Entry> {
        self.own_entries().iter().rev().find(|it| it.key.as_str() == Some(key))
    }

    /// The entries as written, merge keys among them; empty if this is no mapping.
    pub fn own_entries(&self) -> &[Entry] {
        match &self.resolved().kind {
            NodeKind::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The entries in effect: own ones first, then those that merge keys bring, no key twice.
    pub fn entries(&self) -> Vec<&Entry> {
        let mut res: Vec<&Entry> = Vec::new();
        let mut places = HashMap::new();
        for entry in self.own_entries().iter().filter(|it| !it.is_merge()) {
            let Some(key) = entry.key.as_str() else { continue };
            if let Some(place) = places.get(key) {
                if let Some(slot) = res.get_mut::<usize>(*place) {
                    *slot = entry;
                }
            } else {
                places.insert(key, res.len());
                res.push(entry);
            }
        }
        let merges = self.merges();
        if merges.is_empty() {
            return res;
        }
        let mut seen: HashSet<&str> = places.into_keys().collect();
        for merged in merges {
            for entry in merged.entries() {
                if entry.key.as_str().is_some_and(|key| seen.insert(key)) {
                    res.push(entry);
                }
            }
        }
        res
    }

    /// The items of a sequence; empty if this is none.
    pub fn items(&self) -> &[Node] {
        match &self.resolved().kind {
            NodeKind::Sequence(items) => items,
            _ => &[],
        }
    }

    /// Whether this is a mapping.
    pub fn is_mapping(&self) -> bool {
        matches!(self.resolved().kind, NodeKind::Mapping(_))
    }

    /// Whether this is a sequence.
    pub fn is_sequence(&self) -> bool {
        matches!(self.resolved().kind, NodeKind::Sequence(_))
    }

    /// Whether this is a scalar that says something.
    pub fn is_scalar(&self) -> bool {
        matches!(self.scalar_type(), Some(it) if it != ScalarType::Null)
    }

    /// Whether nothing is said: no value, `~` or `null`.
    pub fn is_null(&self) -> bool {
        self.scalar_type() == Some(ScalarType::Null)
    }

    /// The type of a scalar or of nothing; `None` for mappings, sequences and dead aliases.
    pub fn scalar_type(&self) -> Option<ScalarType> {
        let node = self.resolved();
        match &node.kind {
            NodeKind::Null => Some(match node.tag_text() {
                Some("!!str") => ScalarType::String,
                _ => ScalarType::Null,
            }),
            NodeKind::Scalar { value, style } => Some(match (node.tag_text(), style) {
                (Some("!!str" | "!" | "!!binary"), _) => ScalarType::String,
                (Some("!!int"), _) => ScalarType::Int,
                (Some("!!float"), _) => ScalarType::Float,
                (Some("!!bool"), _) => ScalarType::Bool,
                (Some("!!null"), _) => ScalarType::Null,
                (_, ScalarStyle::Plain) => resolve_plain(value),
                _ => ScalarType::String,
            }),
            _ => None,
        }
    }

    /// The text of any scalar, numbers and truths too; `None` for null and for collections.
    pub fn as_str(&self) -> Option<&str> {
        let node = self.resolved();
        match &node.kind {
            NodeKind::Scalar { value, .. } if !node.is_null() => Some(value),
            NodeKind::Null if node.tag_text() == Some("!!str") => Some(""),
            _ => None,
        }
    }

    /// The text of a scalar that is text; `None` for numbers, truths and null.
    pub fn as_string(&self) -> Option<&str> {
        if self.scalar_type() == Some(ScalarType::String) { self.as_str() } else { None }
    }

    /// The truth of an unquoted `true` or `false`.
    pub fn as_bool(&self) -> Option<bool> {
        self.untyped_text(ScalarType::Bool).and_then(parse_bool)
    }

    /// The truth where the format expects one: `yes`, `on`, `n` and their like count as well.
    pub fn as_bool_word(&self) -> Option<bool> {
        match &self.resolved().kind {
            NodeKind::Scalar { value, style: ScalarStyle::Plain } => parse_bool_word(value),
            _ => self.as_bool(),
        }
    }

    /// The value of an unquoted whole number.
    pub fn as_i64(&self) -> Option<i64> {
        self.untyped_text(ScalarType::Int).and_then(parse_int)
    }

    /// The value of an unquoted number.
    pub fn as_f64(&self) -> Option<f64> {
        if let Some(text) = self.untyped_text(ScalarType::Float) {
            return parse_float(text);
        }
        // Whole numbers beyond 2^53 lose their last digits here, which no setting can tell.
        #[expect(clippy::cast_precision_loss, reason = "a float is asked for")]
        self.as_i64().map(|it| it as f64)
    }

    /// The node at the end of `keys`; a number steps into a sequence.
    pub fn find(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(self, |node, key| {
            if node.is_sequence() {
                node.items().get(key.parse::<usize>().ok()?)
            } else {
                node.get(key)
            }
        })
    }

    /// The node at the end of `path`.
    pub fn at(&self, path: &[Step]) -> Option<&Node> {
        path.iter().try_fold(self, |node, step| match step {
            Step::Key(key) => node.get(key),
            Step::Index(index) => node.items().get(*index),
        })
    }

    /// The mappings that this mapping's merge keys bring in, the strongest first.
    fn merges(&self) -> Vec<&Node> {
        let mut res = Vec::new();
        for entry in self.own_entries().iter().filter(|it| it.is_merge()) {
            let value = entry.value.resolved();
            match &value.kind {
                NodeKind::Mapping(_) => res.push(value),
                NodeKind::Sequence(items) => {
                    res.extend(items.iter().map(Node::resolved).filter(|it| it.is_mapping()));
                }
                _ => {}
            }
        }
        res
    }

    fn untyped_text(&self, wanted: ScalarType) -> Option<&str> {
        if self.scalar_type() == Some(wanted) { self.as_str() } else { None }
    }
}

impl Entry {
    /// Whether this is a merge key, which brings in the entries of another mapping.
    pub fn is_merge(&self) -> bool {
        match &self.key.kind {
            NodeKind::Scalar { value, style: ScalarStyle::Plain } => {
                value == "<<" && self.key.tag_text().is_none_or(|it| it == "!!merge")
            }
            _ => false,
        }
    }
}
