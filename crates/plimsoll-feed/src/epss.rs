//! Scores of the Exploit Prediction Scoring System: a table of commas, with a comment line that
//! names the model and the day.

use plimsoll_vuln::{Day, Epss};

use crate::{
    error::FeedError,
    sink::{Fact, Sink},
};

/// Reads the table. Older ones have no percentile; it is worked out from the scores.
pub fn read_epss(name: &str, bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), FeedError> {
    let text = std::str::from_utf8(bytes).map_err(|it| FeedError::new(name, it))?;
    let mut lines = text.lines().zip(1..);
    let mut as_of = None;
    let mut columns = None;
    for (line, _) in lines.by_ref() {
        if let Some(comment) = line.strip_prefix('#') {
            let day = comment.split(',').find_map(|it| it.trim().strip_prefix("score_date:"));
            as_of = day.and_then(Day::parse);
        } else {
            columns = Some(line.trim());
            break;
        }
    }
    let has_percentile = match columns {
        Some("cve,epss,percentile") => true,
        Some("cve,epss") => false,
        _ => return Err(FeedError::new(name, "its columns are not `cve,epss,percentile`")),
    };
    let mut entries = Vec::new();
    for (line, number) in lines.filter(|it| !it.0.trim().is_empty()) {
        match entry(line, has_percentile) {
            Some(entry) if entries.len() < MAX_ENTRIES => entries.push(entry),
            _ => sink.unreadable(FeedError::new(format!("{name}:{number}"), "it is no score")),
        }
    }
    if !has_percentile {
        add_percentiles(&mut entries);
    }
    sink.fact(Fact::Epss(as_of, entries));
    Ok(())
}

fn entry(line: &str, has_percentile: bool) -> Option<(String, Epss)> {
    let mut fields = line.trim().split(',');
    let id = fields.next().filter(|it| it.starts_with("CVE-"))?;
    let mut share = || {
        let number: f32 = fields.next()?.parse().ok()?;
        (0.0..=1.0).contains(&number).then_some(number)
    };
    let score = share()?;
    let percentile = if has_percentile { share()? } else { 0.0 };
    Some((id.to_owned(), Epss { score, percentile }))
}

/// The share of scores that are the same or lower.
fn add_percentiles(entries: &mut [(String, Epss)]) {
    let mut scores: Vec<f32> = entries.iter().map(|it| it.1.score).collect();
    scores.sort_by(f32::total_cmp);
    for (_, epss) in entries {
        let below = scores.partition_point(|it| *it <= epss.score);
        #[expect(clippy::cast_precision_loss, reason = "a share of some hundred thousand")]
        let share = below as f32 / scores.len() as f32;
        epss.percentile = share;
    }
}

/// Ten times the vulnerabilities that have ever been numbered.
const MAX_ENTRIES: usize = 5_000_000;

#[cfg(test)]
mod tests {
    use plimsoll_vuln::Day;

    use super::read_epss;
    use crate::sink::{Fact, Sink, Tally};

    fn read(text: &str) -> (Vec<Fact>, Tally, bool) {
        let (mut facts, mut tally) = (Vec::new(), Tally::default());
        let mut take = |it| facts.push(it);
        let is_ok = read_epss("a", text.as_bytes(), &mut Sink::new(&mut tally, &mut take)).is_ok();
        (facts, tally, is_ok)
    }

    #[test]
    fn the_table_is_read_with_its_day() {
        let (facts, tally, _) = read(
            "#model_version:v2099.03.14,score_date:2099-03-15T00:00:00+0000\ncve,epss,percentile\n\
            CVE-2099-1,0.5,0.99\nCVE-2099-2,1.5,0.1\nnonsense\n",
        );
        let Fact::Epss(as_of, entries) = &facts[0] else { panic!("scores") };
        assert_eq!(*as_of, Day::parse("2099-03-15"));
        assert_eq!(entries.len(), 1);
        assert!((entries[0].1.score - 0.5).abs() < 1e-6);
        assert!((entries[0].1.percentile - 0.99).abs() < 1e-6);
        assert_eq!(tally.unreadable, 2);
    }

    #[test]
    fn without_percentiles_they_are_worked_out() {
        let (facts, ..) = read("cve,epss\nCVE-2099-1,0.5\nCVE-2099-2,0.1\nCVE-2099-3,0.1\n");
        let Fact::Epss(None, entries) = &facts[0] else { panic!("scores") };
        let percentiles: Vec<f32> = entries.iter().map(|it| it.1.percentile).collect();
        assert!((percentiles[0] - 1.0).abs() < 1e-6 && (percentiles[1] - 0.6667).abs() < 1e-3);
        assert!(!read("id,score\n").2);
    }
}
