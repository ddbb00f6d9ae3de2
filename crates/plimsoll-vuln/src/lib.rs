//! Which known faults packages have: the advisory store's format, and exact matching against it.
//!
//! Bytes come in as slices and go out through `Write`; dates are given by the caller. The crate
//! must not know feeds, files, clocks or the network.

mod day;
mod side_table;
mod package_name;
mod store;
mod builder;
mod compress;
mod matcher;
mod rules;
mod urgency;
mod end_of_life;
mod recommend;

pub use crate::{
    builder::{BuildError, BuildReport, SourceId, StoreBuilder},
    compress::{compress, compress_partitions, decompress},
    day::Day,
    end_of_life::{
        ExtendedSupport, ReleaseSupport, Support, distribution_product, distribution_support,
        image_support, product_support,
    },
    matcher::{Match, MatchGap, MatchOptions, Matches, PackageRef, SeverityOrigin, match_packages},
    recommend::{BaseImage, Recommendation, RecommendationKind, recommend},
    rules::{MALICIOUS_PACKAGE, PACKAGE_RULES, VULNERABLE_PACKAGE, finding_severity},
    side_table::{
        Cycle, End, Epss, ImageRepository, KnownExploited, Product, SourceInfo, TagGroup,
    },
    store::{
        FORMAT_VERSION, Partition, PartitionInfo, RangeView, Row, RowEnd, Store, StoreError,
        Vulnerability,
    },
    urgency::{Exposure, Urgency, UrgencyFacts, urgency},
};
