//! Any bytes read as a bill of materials, and what it states has a name.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_inventory::read_bill;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(bill) = read_bill(bytes) {
        for package in &bill.packages {
            assert!(!package.name.is_empty(), "{package:?}");
        }
    }
});
