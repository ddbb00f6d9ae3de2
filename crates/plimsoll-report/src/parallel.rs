//! Many pieces made on all cores, taken one by one in their order.
//!
//! Only a few pieces are made ahead, so that a slow taker does not fill the memory. The taker runs
//! on the caller's thread: a writer need not know that there are others.

use std::{collections::VecDeque, io, sync::mpsc};

/// Makes a piece of each of `items` and hands the pieces to `take` in the order of the items. Ends
/// with the first error of `take`.
pub(crate) fn in_order<T: Sync, R: Send>(
    items: &[T],
    make: impl Fn(&T) -> R + Sync,
    mut take: impl FnMut(R) -> io::Result<()>,
) -> io::Result<()> {
    let n_ahead = rayon::current_num_threads() + 1;
    let make = &make;
    rayon::in_place_scope(|scope| {
        let mut pieces = VecDeque::with_capacity(n_ahead);
        for item in items {
            if pieces.len() == n_ahead {
                take_first(&mut pieces, &mut take)?;
            }
            let (sender, receiver) = mpsc::sync_channel(1);
            scope.spawn(move |_| {
                // Nobody waits any more once taking has failed.
                let _ = sender.send(make(item));
            });
            pieces.push_back(receiver);
        }
        while !pieces.is_empty() {
            take_first(&mut pieces, &mut take)?;
        }
        Ok(())
    })
}

fn take_first<R>(
    pieces: &mut VecDeque<mpsc::Receiver<R>>,
    take: &mut impl FnMut(R) -> io::Result<()>,
) -> io::Result<()> {
    let Some(piece) = pieces.pop_front() else { return Ok(()) };
    let lost = |_| io::Error::other("internal: a piece of the report was not made");
    take(piece.recv().map_err(lost)?)
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::in_order;

    #[test]
    fn pieces_come_in_their_order() {
        let items: Vec<usize> = (0..1000).collect();
        let mut res = Vec::new();
        let take = |piece: usize| {
            res.push(piece);
            Ok(())
        };
        // Later ones are made faster than earlier ones.
        let make = |it: &usize| (0..(1000 - it) * 50).fold(*it, |sum, _| sum) * 2;
        in_order(&items, make, take).unwrap();
        assert_eq!(res, items.iter().map(|it| it * 2).collect::<Vec<_>>());
    }

    #[test]
    fn the_first_error_ends_it() {
        let mut n_taken = 0;
        let take = |_| {
            n_taken += 1;
            if n_taken == 3 { Err(io::Error::other("full")) } else { Ok(()) }
        };
        let error = in_order(&[1; 100], |it| *it, take).unwrap_err();
        assert_eq!((error.to_string().as_str(), n_taken), ("full", 3));
        in_order(&[0; 0], |it| *it, |_| Ok(())).unwrap();
    }
}
