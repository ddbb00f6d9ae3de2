//! The program as its users meet it: the real binary in folders of its own.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    reason = "the tests start the program and prepare the files that it reads; what fails there \
              fails the test"
)]

mod support;
mod exit_codes;
mod hostile;
mod formats;
mod policy;
mod fixing;
mod words;
mod projects;
mod generated;
mod saved_image;
mod hard_links;
mod registry;
mod bucket;
mod database;
mod advisories;
mod killed;
mod host;
mod comply;
mod archive;
mod images;
