//! Rows of one release of one ecosystem: columns of 32-bit numbers under sorted package names.

use plimsoll_package::{AffectedStatus, Ecosystem, VendorSeverity};

use crate::store::{
    StoreError,
    bytes::{Column, Cursor, OUTSIDE, Strings},
};

/// The rows that a store has about one release of one ecosystem.
#[derive(Clone, Copy, Debug)]
pub struct Partition<'s> {
    ecosystem: Ecosystem,
    key_package: Column<'s>,
    key_scope: Column<'s>,
    /// Where the rows of each key begin, and where those of the last end.
    key_rows: Column<'s>,
    /// Module and product, each pair once.
    scope_module: Column<'s>,
    scope_product: Column<'s>,
    row_vulnerability: Column<'s>,
    row_range: Column<'s>,
    row_statement: Column<'s>,
    /// Ranges that rows speak of, each once.
    range_kind: Column<'s>,
    range_introduced: Column<'s>,
    range_end: Column<'s>,
    /// What rows say of a range, each once.
    statement_flags: Column<'s>,
    statement_detail: Column<'s>,
    /// Details: the string of the reason, a count, and as many strings of binary packages.
    words: Column<'s>,
    strings: Strings<'s>,
}

/// What one record says about one range of versions of one package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'s> {
    /// Index of the record that says so.
    pub vulnerability: u32,
    /// Module stream (`nodejs:18`), or empty.
    pub module: &'s str,
    /// Product stream, or empty.
    pub product: &'s str,
    /// Which versions.
    pub range: RangeView<'s>,
    /// The state.
    pub status: AffectedStatus,
    /// The vendor's severity.
    pub severity: Option<VendorSeverity>,
    /// The word with which the vendor qualified the state, or empty.
    pub reason: &'s str,
    /// Number of the source, in the order of [`Store::sources`](crate::Store::sources).
    pub source: u8,
    detail: u32,
}

/// Versions that a row speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeView<'s> {
    /// None: the row says that no version is affected.
    Nothing,
    /// This one version.
    Exactly(&'s str),
    /// From the first affected version (`None`: from the beginning) to an end.
    From(Option<&'s str>, RowEnd<'s>),
}

/// How a range of a row ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowEnd<'s> {
    /// No end is known.
    Open,
    /// The first version without the fault.
    Fixed(&'s str),
    /// The last version with the fault.
    LastAffected(&'s str),
}

/// Fields of a row before they are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RowFields {
    pub(crate) vulnerability: u32,
    pub(crate) range: RangeFields,
    pub(crate) statement: StatementFields,
}

/// A range; texts are numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RangeFields {
    pub(crate) kind: RangeKind,
    pub(crate) introduced: u32,
    pub(crate) end: u32,
}

/// What is said of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct StatementFields {
    pub(crate) flags: u32,
    pub(crate) detail: u32,
}

/// How a row's range is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(crate) enum RangeKind {
    Open = 0,
    Fixed = 1,
    LastAffected = 2,
    Exactly = 3,
    Nothing = 4,
}

impl RangeKind {
    fn of(number: u32) -> Option<Self> {
        [Self::Open, Self::Fixed, Self::LastAffected, Self::Exactly, Self::Nothing]
            .into_iter()
            .find(|it| *it as u32 == number)
    }
}

/// Packing of a row's small facts into one number.
pub(crate) mod flags {
    use plimsoll_package::{AffectedStatus, VendorSeverity};

    pub(crate) fn pack(
        status: AffectedStatus,
        severity: Option<VendorSeverity>,
        source: u8,
    ) -> u32 {
        status as u32 | severity.map_or(0, |it| it as u32) << SEVERITY | u32::from(source) << SOURCE
    }

    pub(crate) fn with_source(flags: u32, source: u8) -> u32 {
        (flags & ((1 << SOURCE) - 1)) | u32::from(source) << SOURCE
    }

    pub(crate) fn source(flags: u32) -> u8 {
        (flags >> SOURCE).to_le_bytes()[0]
    }

    pub(crate) fn status(flags: u32) -> Option<AffectedStatus> {
        [
            AffectedStatus::Fixed,
            AffectedStatus::Affected,
            AffectedStatus::WillNotFix,
            AffectedStatus::Deferred,
            AffectedStatus::NotAffected,
            AffectedStatus::UnderInvestigation,
            AffectedStatus::EndOfLife,
        ]
        .into_iter()
        .find(|it| *it as u32 == flags & THREE_BITS)
    }

    pub(crate) fn severity(flags: u32) -> Option<VendorSeverity> {
        [
            VendorSeverity::Negligible,
            VendorSeverity::Low,
            VendorSeverity::Medium,
            VendorSeverity::High,
            VendorSeverity::Critical,
        ]
        .into_iter()
        .find(|it| *it as u32 == (flags >> SEVERITY) & THREE_BITS)
    }

    const THREE_BITS: u32 = 0b111;
    const SEVERITY: u32 = 3;
    const SOURCE: u32 = 6;
}

impl<'s> Partition<'s> {
    pub(crate) fn read(ecosystem: Ecosystem, section: &'s [u8]) -> Result<Self, StoreError> {
        let mut cursor = Cursor::new(section);
        let n_keys = cursor.u32()?;
        let n_rows = cursor.u32()?;
        let n_scopes = cursor.u32()?;
        let n_ranges = cursor.u32()?;
        let n_statements = cursor.u32()?;
        let n_words = cursor.u32()?;
        let n_strings = cursor.u32()?;
        let n_bytes = cursor.u32()?;
        Ok(Self {
            ecosystem,
            key_package: cursor.column(n_keys)?,
            key_scope: cursor.column(n_keys)?,
            key_rows: cursor.column(n_keys.checked_add(1).ok_or(OUTSIDE)?)?,
            scope_module: cursor.column(n_scopes)?,
            scope_product: cursor.column(n_scopes)?,
            row_vulnerability: cursor.column(n_rows)?,
            row_range: cursor.column(n_rows)?,
            row_statement: cursor.column(n_rows)?,
            range_kind: cursor.column(n_ranges)?,
            range_introduced: cursor.column(n_ranges)?,
            range_end: cursor.column(n_ranges)?,
            statement_flags: cursor.column(n_statements)?,
            statement_detail: cursor.column(n_statements)?,
            words: cursor.column(n_words)?,
            strings: Strings::read(&mut cursor, n_strings, n_bytes)?,
        })
    }

    /// Whose rows these are.
    pub fn ecosystem(&self) -> Ecosystem {
        self.ecosystem
    }

    /// How many different keys of package, module and product there are.
    pub fn n_keys(&self) -> u32 {
        self.key_package.len()
    }

    /// Numbers of the sources that rows come from, one bit each.
    pub(crate) fn sources(&self) -> Result<u64, StoreError> {
        (0..self.statement_flags.len()).try_fold(0, |res, it| {
            let source = flags::source(self.statement_flags.get(it)?);
            Ok(res | 1_u64.checked_shl(source.into()).unwrap_or(0))
        })
    }

    /// All rows about a package, of all modules and products. The name is compared as it stands.
    pub fn rows(&self, package: &str) -> Result<Vec<Row<'s>>, StoreError> {
        let mut key = self.first_key(package)?;
        let mut res = Vec::new();
        while key < self.n_keys() && self.key_name(key)? == package {
            for row in self.key_range(key)? {
                res.push(self.row(key, row)?);
            }
            key += 1;
        }
        Ok(res)
    }

    /// Name of the package of a key; keys are in the order of names.
    pub fn key_name(&self, key: u32) -> Result<&'s str, StoreError> {
        self.strings.get(self.key_package.get(key)?)
    }

    /// The rows of one key.
    pub fn key_rows(&self, key: u32) -> Result<Vec<Row<'s>>, StoreError> {
        self.key_range(key)?.map(|it| self.row(key, it)).collect()
    }

    /// Binary packages that a row is limited to; empty is all.
    pub fn binaries(&self, row: &Row<'_>) -> Result<Vec<&'s str>, StoreError> {
        if row.detail == 0 {
            return Ok(Vec::new());
        }
        let n_binaries = self.words.get(row.detail.checked_add(1).ok_or(OUTSIDE)?)?;
        let first = row.detail.checked_add(2).ok_or(OUTSIDE)?;
        let end = first.checked_add(n_binaries).ok_or(OUTSIDE)?;
        (first..end).map(|it| self.strings.get(self.words.get(it)?)).collect()
    }

    fn row(&self, key: u32, row: u32) -> Result<Row<'s>, StoreError> {
        let scope = self.key_scope.get(key)?;
        let statement = self.row_statement.get(row)?;
        let packed = self.statement_flags.get(statement)?;
        let detail = self.statement_detail.get(statement)?;
        Ok(Row {
            vulnerability: self.row_vulnerability.get(row)?,
            module: self.strings.get(self.scope_module.get(scope)?)?,
            product: self.strings.get(self.scope_product.get(scope)?)?,
            range: self.range(self.row_range.get(row)?)?,
            status: flags::status(packed).ok_or(UNKNOWN_WORD)?,
            severity: flags::severity(packed),
            reason: if detail == 0 { "" } else { self.strings.get(self.words.get(detail)?)? },
            source: flags::source(packed),
            detail,
        })
    }

    fn range(&self, range: u32) -> Result<RangeView<'s>, StoreError> {
        let introduced = self.strings.get(self.range_introduced.get(range)?)?;
        let end = self.strings.get(self.range_end.get(range)?)?;
        let from = (!introduced.is_empty()).then_some(introduced);
        let kind = RangeKind::of(self.range_kind.get(range)?).ok_or(UNKNOWN_WORD)?;
        Ok(match kind {
            RangeKind::Open => RangeView::From(from, RowEnd::Open),
            RangeKind::Fixed => RangeView::From(from, RowEnd::Fixed(end)),
            RangeKind::LastAffected => RangeView::From(from, RowEnd::LastAffected(end)),
            RangeKind::Exactly => RangeView::Exactly(introduced),
            RangeKind::Nothing => RangeView::Nothing,
        })
    }

    fn key_range(&self, key: u32) -> Result<std::ops::Range<u32>, StoreError> {
        let start = self.key_rows.get(key)?;
        let end = self.key_rows.get(key.checked_add(1).ok_or(OUTSIDE)?)?;
        if start > end || end > self.row_vulnerability.len() {
            return Err(OUTSIDE);
        }
        Ok(start..end)
    }

    /// The first key whose package is not before this name.
    fn first_key(&self, package: &str) -> Result<u32, StoreError> {
        let (mut low, mut high) = (0, self.n_keys());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.strings.bytes(self.key_package.get(middle)?)? < package.as_bytes() {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }
}

const UNKNOWN_WORD: StoreError = StoreError::Torn { part: "a row has a state that is not known" };
