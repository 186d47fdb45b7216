//! How far two names are apart.

/// Whether exactly one character was added, left out or replaced between two compare keys.
///
/// Then say "check the name on the licence". Never suggest the name that was found: that would turn
/// the form into a way of looking up other people's registrations.
#[must_use]
pub fn edit_distance_is_one(key: &str, other: &str) -> bool {
    strsim::levenshtein(key, other) == 1
}

#[cfg(test)]
mod tests {
    use super::edit_distance_is_one;

    #[test]
    fn one_edit_is_near_and_anything_else_is_not() {
        assert!(edit_distance_is_one("示例科技有限公司", "示例科技有限公"));
        assert!(edit_distance_is_one("张三", "张山"));
        assert!(edit_distance_is_one("李·明", "李明"));
        assert!(!edit_distance_is_one("张三", "张三"));
        assert!(!edit_distance_is_one(
            "示例科技有限公司",
            "示例科技有限责任公司"
        ));
        assert!(!edit_distance_is_one("张三", "三张"));
    }
}
