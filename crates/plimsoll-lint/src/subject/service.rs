//! One effective service, with the project it belongs to.

use std::{iter, sync::Arc};

use plimsoll_config::{
    edit::{self, Insert, Value},
    tree::Node,
};
use plimsoll_finding::{RuleSettings, Subject, SubjectKind};
use plimsoll_posture::{DecidedBy, Project, Service, Setting};
use plimsoll_text::{Edit, Location, Source};

use crate::rule::Judged;

/// One effective service.
#[derive(Debug)]
pub struct ServiceSubject {
    /// The project that it belongs to; a command line is a project of one service.
    pub project: Arc<Project>,
    /// Which service of the project.
    pub service_idx: usize,
    /// What the team told the rules.
    pub settings: Arc<RuleSettings>,
    source: Arc<Source>,
}

impl Subject for ServiceSubject {
    type Kind = ();
    type Node = ();

    fn source(&self) -> &Arc<Source> {
        &self.source
    }

    fn nodes(&self) -> impl Iterator<Item = ((), &())> {
        iter::empty()
    }
}

impl Judged for ServiceSubject {
    const KIND: SubjectKind = SubjectKind::Service;
}

impl ServiceSubject {
    /// The service at `service_idx` of `project`; `None` if there is no such service.
    pub fn new(
        project: &Arc<Project>,
        service_idx: usize,
        settings: &Arc<RuleSettings>,
    ) -> Option<Self> {
        let source = Arc::clone(project.services.get(service_idx)?.source());
        let (project, settings) = (Arc::clone(project), Arc::clone(settings));
        Some(Self { project, service_idx, settings, source })
    }

    /// The service.
    pub fn service(&self) -> &Service {
        &self.project.services[self.service_idx]
    }

    /// The place of a setting; for a default the place of the service.
    pub fn place<T>(&self, setting: &Setting<T>) -> Location {
        match &setting.decided_by {
            DecidedBy::Place(location) => location.clone(),
            DecidedBy::Default(_) => self.service().place.clone(),
        }
    }

    /// The mapping of the service in its compose file; `None` for command lines.
    pub fn node(&self) -> Option<&Node> {
        let node = self.service().node.as_ref()?;
        node.tree.root()?.at(&node.path)
    }

    /// Edits that set `key` of the service to `value`, with the reason beside it; `None` where that
    /// cannot be done without touching something else, or where another file sets the key.
    pub fn set(&self, key: &str, value: &Value, reason: Option<&str>) -> Option<Vec<Edit>> {
        let tree = &self.service().node.as_ref()?.tree;
        let insert = Insert { after: None, comment: reason };
        edit::set_key(tree, self.node()?, key, value, insert).ok()
    }

    /// Edits that add `item` to the list `key` of the service, which is made if it is not there.
    pub fn add_to_list(&self, key: &str, item: &str, reason: Option<&str>) -> Option<Vec<Edit>> {
        let tree = &self.service().node.as_ref()?.tree;
        match self.node()?.get(key) {
            Some(list) => edit::push_item(tree, list, &Value::text(item), reason).ok(),
            None => self.set(key, &Value::Seq(vec![Value::text(item)]), reason),
        }
    }

    /// Edits that put `value` in the place of the scalar at `location`, which must stand in the
    /// service's own file.
    pub fn replace(&self, location: &Location, value: &Value) -> Option<Vec<Edit>> {
        let tree = &self.service().node.as_ref()?.tree;
        if location.source.name() != self.source.name() {
            return None;
        }
        let node = find_scalar(self.node()?, location)?;
        edit::replace_scalar(tree, node, value).ok()
    }
}

fn find_scalar<'a>(node: &'a Node, location: &Location) -> Option<&'a Node> {
    if node.span == location.span && node.is_scalar() {
        return Some(node);
    }
    let values = node.own_entries().iter().map(|it| &it.value);
    values.chain(node.items()).find_map(|it| {
        let inside = it.span.contains(location.span);
        if inside { find_scalar(it, location) } else { None }
    })
}
