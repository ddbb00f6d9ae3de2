//! Many questions to one engine, on one connection.

use std::time::Instant;

use crate::{
    engine::Engine,
    error::Error,
    http::{After, Connection},
};

/// A connection that is kept from question to question, which for an engine behind `ssh` or TLS
/// makes most of the time. One thread has it; several sessions ask at once.
pub struct Session<'a> {
    engine: &'a Engine,
    connection: Option<Connection>,
}

impl<'a> Session<'a> {
    /// A session that connects with its first question.
    pub fn new(engine: &'a Engine) -> Self {
        Self { engine, connection: None }
    }

    /// The text at `path` (see [`Engine::get`]), which has at most `limit` bytes and has come by
    /// `until`.
    pub fn text(&mut self, path: &str, limit: u64, until: Instant) -> Result<String, Error> {
        if let Some(kept) = self.connection.take() {
            match self.text_on(kept, path, limit, until) {
                // The engine may have closed it meanwhile; a question can be asked again.
                Err(Error::Io { .. } | Error::Protocol { .. }) => {}
                other => return other,
            }
        }
        let connection = self.engine.connect_again()?;
        self.text_on(connection, path, limit, until)
    }

    fn text_on(
        &mut self,
        connection: Connection,
        path: &str,
        limit: u64,
        until: Instant,
    ) -> Result<String, Error> {
        let mut body = self.engine.ask(connection.until(until), path, After::Keep)?;
        let bytes = self.engine.read(&mut body, path, limit)?;
        self.connection = body.into_connection();
        let wrong = |_| "it is not UTF-8".to_owned();
        String::from_utf8(bytes)
            .map_err(wrong)
            .map_err(|why| Error::Protocol { path: path.to_owned(), why })
    }
}

impl std::fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("engine", &self.engine).finish_non_exhaustive()
    }
}
