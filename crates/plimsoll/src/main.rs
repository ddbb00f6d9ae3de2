//! The command line: words in, words out.

mod arguments;

use clap::Parser as _;

fn main() {
    let _ = arguments::Arguments::parse();
}
