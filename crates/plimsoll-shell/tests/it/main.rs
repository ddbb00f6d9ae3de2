//! What users of the shell reader rely on, as tables of texts.

mod dump;
mod grammar;
mod context;
mod arguments;
mod recovery;
mod spans;
mod hostile;
