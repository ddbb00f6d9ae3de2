//! Tests of the checks over hosts.

mod examples;
mod hostile;
mod notation;
mod whole;
