//! Permits for travel to the mainland.

use super::shape_only_document;

shape_only_document! {
    /// 港澳居民来往内地通行证: `H` (Hong Kong) or `M` (Macau) and 8 digits; the long form ends with
    /// two more, the count of renewals.
    HkMacauTravelPermit,
    r"^[HM]\d{8}(\d{2})?$"
}

shape_only_document! {
    /// 台湾居民来往大陆通行证: 8 digits; the older card has 10, which a letter may follow.
    TaiwanTravelPermit,
    r"^(\d{8}|\d{10}[A-Z]?)$"
}
