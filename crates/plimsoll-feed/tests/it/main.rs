//! Records as their feeds write them, judged as the distribution that wrote them means them.
#![expect(clippy::unwrap_used, reason = "what a test relies on and does not find is how it fails")]

mod distributions;
