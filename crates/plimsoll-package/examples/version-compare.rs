//! Answers `<`, `=` or `>` to lines `<scheme>\t<a>\t<b>` on standard input, so that orders of
//! versions can be scored against cases of other tools. Knows nothing but `compare`.
#![expect(clippy::print_stdout, reason = "the answers go to standard output")]

use std::{cmp::Ordering, io, process::ExitCode};

use plimsoll_package::{VersionScheme, compare};

fn main() -> ExitCode {
    for line in io::stdin().lines() {
        let Ok(line) = line else { return ExitCode::FAILURE };
        let mut fields = line.split('\t');
        let scheme = fields.next().and_then(VersionScheme::parse);
        let (Some(scheme), Some(a), Some(b)) = (scheme, fields.next(), fields.next()) else {
            println!("?");
            continue;
        };
        println!(
            "{}",
            match compare(scheme, a, b) {
                Ordering::Less => '<',
                Ordering::Equal => '=',
                Ordering::Greater => '>',
            }
        );
    }
    ExitCode::SUCCESS
}
