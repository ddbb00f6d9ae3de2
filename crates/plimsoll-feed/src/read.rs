//! One door for all formats.

use crate::{
    amazon::read_amazon,
    arch::read_arch,
    debian_tracker::read_debian_tracker,
    end_of_life::read_end_of_life,
    epss::read_epss,
    error::FeedError,
    feed::{Feed, Format},
    friends_of_php::read_friends_of_php,
    known_exploited::read_known_exploited,
    official_images::read_official_images,
    osv::{read_osv, read_osv_yaml},
    red_hat::read_red_hat,
    red_hat_csaf::read_red_hat_csaf,
    rocky::read_rocky,
    rubysec::read_rubysec,
    rustsec::read_rustsec,
    secdb::read_secdb,
    sink::{Fact, Sink},
    ubuntu::read_ubuntu,
    vex::read_vex,
    vulnrichment::read_vulnrichment,
    wolfi::read_wolfi,
};

/// Reads one document of a feed. `name` is the document's path in the feed: it is told in errors,
/// and some formats name a thing by it. After an error, what was read before it has been given.
pub fn read_document(
    feed: &Feed,
    name: &str,
    bytes: &[u8],
    sink: &mut Sink<'_>,
) -> Result<(), FeedError> {
    let wanted = |it| feed.ecosystems.contains(&it);
    match feed.format {
        Format::Osv => {
            let advisory = read_osv(name, bytes, &wanted, sink.tally)?;
            sink.advisory(advisory);
            Ok(())
        }
        Format::OsvYaml => {
            let advisory = read_osv_yaml(name, bytes, &wanted, sink.tally)?;
            sink.advisory(advisory);
            Ok(())
        }
        Format::DebianTracker => read_debian_tracker(name, bytes, sink),
        Format::Secdb(ecosystem) => read_secdb(name, bytes, ecosystem, sink),
        Format::Ubuntu => read_ubuntu(name, bytes, sink),
        Format::RedHatStates => read_red_hat(name, bytes, sink),
        Format::RedHatCsaf => read_red_hat_csaf(name, bytes, sink),
        Format::Amazon => read_amazon(name, bytes, sink),
        Format::Rocky => read_rocky(name, bytes, sink),
        Format::Wolfi => read_wolfi(name, bytes, sink),
        Format::Arch => read_arch(name, bytes, sink),
        Format::RustSec => read_rustsec(name, bytes, sink),
        Format::RubySec => read_rubysec(name, bytes, sink),
        Format::FriendsOfPhp => read_friends_of_php(name, bytes, sink),
        Format::KnownExploited => read_known_exploited(name, bytes, sink),
        Format::Epss => read_epss(name, bytes, sink),
        Format::Vulnrichment => read_vulnrichment(name, bytes, sink),
        Format::EndOfLife => read_end_of_life(name, bytes, sink),
        Format::OfficialImages => read_official_images(name, bytes, sink),
        Format::Vex => {
            sink.fact(Fact::Statements(read_vex(name, bytes)?));
            Ok(())
        }
    }
}
