//! A certificate drawn with the font that the set-up brings.

use shiming_certificate::{Certificate, Typeface, TypefaceError, render};

const FONT: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";

fn typeface() -> Typeface {
    let bytes = std::fs::read(FONT).unwrap_or_else(|error| {
        panic!("{FONT}: {error}; on Debian: apt-get install fonts-noto-cjk")
    });
    Typeface::read(bytes).expect("a font with Chinese letters")
}

fn certificate() -> Certificate {
    Certificate {
        language: "zh-CN",
        title: "企业实名认证证书".to_owned(),
        enterprise: "示例（上海）新能源智能科技发展有限公司".to_owned(),
        statement: "以下企业信息已与登记信息核对一致，并由法定代表人本人确认。".to_owned(),
        facts: vec![
            (
                "统一社会信用代码".to_owned(),
                "91350100M000100Y43".to_owned(),
            ),
            ("法定代表人".to_owned(), "张*".to_owned()),
            ("认证方式".to_owned(), "法定代表人刷脸".to_owned()),
        ],
        caution: "演示数据，并非真实企业。".to_owned(),
        link: "https://verify.example.cn/certificate#0123456789abcdefghijklmn".to_owned(),
        link_note: "扫码或打开链接，可核对本证书当前是否有效。".to_owned(),
        issued: "示例云 · 2026-01-02".to_owned(),
    }
}

#[test]
fn the_same_certificate_gives_the_same_small_file() {
    let (face, certificate) = (typeface(), certificate());
    let first = render(&certificate, &face).expect("drawn");
    assert!(first.starts_with(b"%PDF-"));
    assert!(
        first.len() < 200_000,
        "only the letters used are embedded: {}",
        first.len()
    );
    assert_eq!(first, render(&certificate, &face).expect("drawn"));
    if let Some(folder) = std::env::var_os("SHIMING_LOOK") {
        std::fs::write(std::path::Path::new(&folder).join("certificate.pdf"), first)
            .expect("written");
    }
}

#[test]
fn the_longest_name_still_fits_the_page() {
    let mut long = certificate();
    long.enterprise = "长".repeat(120);
    long.statement = "word ".repeat(60);
    assert!(render(&long, &typeface()).is_ok());
}

#[test]
fn a_file_that_is_no_font_is_refused() {
    assert_eq!(
        Typeface::read(b"not a font".to_vec()).err(),
        Some(TypefaceError::Unreadable)
    );
}
