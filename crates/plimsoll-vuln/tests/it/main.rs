//! The store and the matcher from outside: what is written is read, what is torn is refused, and
//! what is judged is judged as the raw records say.
#![expect(clippy::unwrap_used, reason = "what a test relies on and does not find is how it fails")]

mod write;
mod random;
mod slow;
mod agreement;
mod matching;
mod store;
mod layout;
mod preference;
mod torn;
