//! The columns of a registry file and the names they go by.

/// A column that means something to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Uscc,
    EnterpriseName,
    LegalRepresentative,
    IdNumber,
    Status,
    SubjectType,
    Photo,
}

impl Column {
    pub(super) const ALL: [Self; 7] = [
        Self::Uscc,
        Self::EnterpriseName,
        Self::LegalRepresentative,
        Self::IdNumber,
        Self::Status,
        Self::SubjectType,
        Self::Photo,
    ];

    pub(super) const NEEDED: [Self; 4] = [
        Self::Uscc,
        Self::EnterpriseName,
        Self::LegalRepresentative,
        Self::IdNumber,
    ];

    /// Its name, and further names for it; all in lower case.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Uscc => &["uscc", "统一社会信用代码"],
            Self::EnterpriseName => &["enterprise_name", "企业名称", "名称"],
            Self::LegalRepresentative => &["legal_representative", "法定代表人", "经营者"],
            Self::IdNumber => &["id_number", "证件号码", "身份证号"],
            Self::Status => &["status", "登记状态"],
            Self::SubjectType => &["subject_type", "主体类型"],
            Self::Photo => &["photo", "照片"],
        }
    }

    pub(super) const fn name(self) -> &'static str {
        self.names()[0]
    }

    /// The column that a header or a JSON key names.
    pub(super) fn named(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('\u{FEFF}');
        let is_named = |column: &Self| column.names().iter().any(|n| text.eq_ignore_ascii_case(n));
        Self::ALL.into_iter().find(is_named)
    }
}

#[cfg(test)]
mod tests {
    use super::Column;

    #[test]
    fn columns_are_known_by_both_names_in_any_case() {
        assert_eq!(Column::named("USCC"), Some(Column::Uscc));
        assert_eq!(
            Column::named(" 法定代表人 "),
            Some(Column::LegalRepresentative)
        );
        assert_eq!(Column::named("\u{FEFF}证件号码"), Some(Column::IdNumber));
        assert_eq!(Column::named("phone"), None);
    }
}
