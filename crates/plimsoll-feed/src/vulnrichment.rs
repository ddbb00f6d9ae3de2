//! CISA's enrichment of CVE records, one JSON object on each line: scores of faults that NVD has
//! not scored. They have no rows; where another record names the fault, they are its scores.

use std::borrow::Cow;

use plimsoll_package::{Advisory, CvssScore};
use serde::Deserialize;

use crate::{
    error::FeedError,
    nullable::nullable,
    sink::{LeftOut, Sink},
};

/// Reads all lines. Records without a score have nothing that is kept.
pub fn read_vulnrichment(name: &str, bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), FeedError> {
    let lines = bytes.split(|it| *it == b'\n').zip(1_u64..);
    for (line, number) in lines.filter(|it| !it.0.trim_ascii().is_empty()) {
        let place = || format!("{name}:{number}");
        match serde_json::from_slice::<Line<'_>>(line) {
            Ok(line) if line.id.starts_with("CVE-") => read_line(&line, sink),
            Ok(_) => sink.unreadable(FeedError::new(place(), "it names no CVE")),
            Err(error) => sink.unreadable(FeedError::new(place(), error)),
        }
    }
    Ok(())
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, default)]
    id: Cow<'a, str>,
    #[serde(borrow, default, rename = "cvssV3_0", deserialize_with = "nullable")]
    cvss_3_0: Cow<'a, str>,
    #[serde(borrow, default, rename = "cvssV3_1", deserialize_with = "nullable")]
    cvss_3_1: Cow<'a, str>,
    #[serde(borrow, default, rename = "cvssV4_0", deserialize_with = "nullable")]
    cvss_4_0: Cow<'a, str>,
}

fn read_line(line: &Line<'_>, sink: &mut Sink<'_>) {
    let vectors = [&line.cvss_3_0, &line.cvss_3_1, &line.cvss_4_0];
    let cvss: Vec<CvssScore> =
        vectors.into_iter().filter_map(|it| CvssScore::new(it.as_ref())).collect();
    if cvss.is_empty() {
        sink.leave_out(LeftOut::NoVulnerability, 1);
        return;
    }
    sink.advisory(Advisory { id: line.id.to_string(), cvss, ..Advisory::default() });
}

#[cfg(test)]
mod tests {
    use super::read_vulnrichment;
    use crate::sink::{Fact, LeftOut, Sink, Tally};

    #[test]
    fn scores_are_read_line_by_line() {
        let text =
            br#"{"id":"CVE-2099-1","cvssV3_1":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}
{"id":"CVE-2099-2","ssvc":{"Exploitation":"none"}}

{"id":1}
"#;
        let (mut facts, mut tally) = (Vec::new(), Tally::default());
        let mut take = |it| facts.push(it);
        read_vulnrichment("a", text, &mut Sink::new(&mut tally, &mut take)).unwrap();
        let Fact::Advisory(advisory) = &facts[0] else { panic!("a record") };
        assert_eq!((facts.len(), advisory.cvss.len()), (1, 1));
        assert_eq!(tally.left_out.get(&LeftOut::NoVulnerability), Some(&1));
        assert_eq!(tally.unreadable, 1);
    }
}
