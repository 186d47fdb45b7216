//! A letter to try things with.

use chrono::{DateTime, Utc};
use shiming_verification::{
    ids::NotificationId,
    notification::{Address, Channel, Occasion, Recipient},
    ports::notifications::{Facts, Letter},
    words::Language,
};
use uuid::Uuid;

pub fn at() -> DateTime<Utc> {
    "2026-11-27T02:00:00Z".parse().unwrap()
}

pub const LINK: &str = "https://kyb.example/s#Zm9ydHktdHdvIGlzIGl0";
pub const REFUSE: &str = "https://kyb.example/m/Yy1vLWQtZQ";

pub fn letter(occasion: Occasion, language: Language, channel: Channel, to: &str) -> Letter {
    let link = (occasion == Occasion::HandOff).then(|| LINK.to_owned());
    Letter {
        id: NotificationId::new(Uuid::from_u128(42)),
        to: Recipient {
            address: Address::parse(channel, to).unwrap(),
            language,
        },
        occasion,
        facts: Facts {
            platform: "示例云".to_owned(),
            enterprise: "示例科技（北京）有限公司".to_owned(),
            representative: "张*三".to_owned(),
            link,
            until: Some("2026-11-27T03:00:00Z".parse().unwrap()),
            demo: false,
        },
        refuse_url: REFUSE.to_owned(),
        at: at(),
    }
}

pub fn mail(occasion: Occasion, to: &str) -> Letter {
    letter(occasion, Language::ZhCn, Channel::Mail, to)
}
