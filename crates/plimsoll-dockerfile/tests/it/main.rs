//! The tests of the reader: data in, data out.

#[cfg(test)]
mod dump;
#[cfg(test)]
mod syntax;
#[cfg(test)]
mod heredocs;
#[cfg(test)]
mod stages;
#[cfg(test)]
mod variables;
#[cfg(test)]
mod properties;
