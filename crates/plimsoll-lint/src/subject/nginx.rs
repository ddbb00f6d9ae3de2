//! One nginx configuration.

use std::{iter, sync::Arc};

use plimsoll_config::{
    nginx::NginxFile,
    nginx_tree::{NginxError, Word},
    openssl::{Selection, select},
};
use plimsoll_finding::{Subject, SubjectKind};
use plimsoll_text::Source;

use crate::rule::Judged;

/// One nginx configuration.
#[derive(Debug)]
pub struct NginxSubject {
    /// The file.
    pub file: NginxFile,
    /// What nginx could not read of it.
    pub errors: Vec<NginxError>,
}

impl NginxSubject {
    /// Reads a configuration.
    pub fn parse(source: &Arc<Source>) -> Self {
        let (file, errors) = NginxFile::parse(source);
        Self { file, errors }
    }

    /// Every list of ciphers that is written out, with what it comes to.
    pub fn cipher_lists(&self) -> Vec<(&Word, Selection)> {
        let all = self.file.all_directives().filter(|it| it.name.text == "ssl_ciphers");
        let lists = all.filter_map(|it| it.args.first());
        // A variable is filled in later, here or by a tool that makes the file.
        let written = lists.filter(|it| !it.text.contains(['$', '{']));
        written.take(MAX_LISTS).map(|it| (it, select(&it.text))).collect()
    }

    /// Whether another file may say more than this one: lists of media types and of parameters do
    /// not.
    pub fn has_unread_includes(&self) -> bool {
        let harmless = ["mime.types", "fastcgi_params", "fastcgi.conf", "uwsgi_params"];
        let is_harmless = |path: &str| harmless.iter().any(|it| path.ends_with(it));
        self.file.includes().iter().any(|it| !is_harmless(&it.text))
    }
}

/// Lists of ciphers after this many are not read.
const MAX_LISTS: usize = 200;

impl Subject for NginxSubject {
    type Kind = ();
    type Node = ();

    fn source(&self) -> &Arc<Source> {
        &self.file.source
    }

    fn nodes(&self) -> impl Iterator<Item = ((), &())> {
        iter::empty()
    }
}

impl Judged for NginxSubject {
    const KIND: SubjectKind = SubjectKind::Nginx;
}
