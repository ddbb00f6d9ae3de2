//! Work that may never come back, such as reading from a file system whose server is gone.

use std::{
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread,
    time::{Duration, Instant},
};

/// What `work` sent until it ended, or until `limit` was over; and whether it ended. A thread that
/// does not end is left behind: it holds nothing that anyone waits for.
pub(crate) fn bounded<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce(&Sender<T>) + Send + 'static,
) -> (Vec<T>, bool) {
    let until = Instant::now() + limit;
    let (sender, receiver) = channel();
    thread::spawn(move || work(&sender));
    let mut res = Vec::new();
    loop {
        match receiver.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(it) => res.push(it),
            Err(RecvTimeoutError::Disconnected) => return (res, true),
            Err(RecvTimeoutError::Timeout) => return (res, false),
        }
    }
}
