//! The words: every occasion in both languages, and what must never be in them.

use shiming_notify::{mail, sms};
use shiming_verification::{
    notification::{Channel, Occasion},
    words::Language,
};

use crate::support::{LINK, REFUSE, letter};

fn all() -> impl Iterator<Item = (Occasion, Language)> {
    let both = |occasion| Language::ALL.map(move |language| (occasion, language));
    Occasion::ALL.into_iter().flat_map(both)
}

#[test]
fn the_link_for_the_legal_representative_in_chinese() {
    let letter = letter(Occasion::HandOff, Language::ZhCn, Channel::Mail, "a@b.cn");
    let mail = mail(&letter);
    assert_eq!(
        mail.subject,
        "示例云：请您本人刷脸，完成 示例科技（北京）有限公司 的实名认证"
    );
    assert_eq!(
        mail.text,
        "张*三：\n\n\
         有人在 示例云 为 示例科技（北京）有限公司 办理企业实名认证，需要法定代表人（或经营者）本人确认，并请我们把链接发给您。\n\n\
         请在 2026-11-27 11:00 (UTC+8) 前用手机打开：\n\n\
         https://kyb.example/s#Zm9ydHktdHdvIGlzIGl0\n\n\
         链接只能在一部手机上打开。打开后请与办理人电话核对，手机与电脑显示的数字应当一致。\n\n\
         如果您不了解此事，请不要打开链接，也不要转发。\n\n\
         -- \n\
         本邮件由 示例云 使用的实名认证服务自动发出，请勿直接回复。\n\
         此事与您无关？在这里拒收：https://kyb.example/m/Yy1vLWQtZQ\n"
    );
    assert!(mail.html.contains(&format!("<a href=\"{LINK}\"")));
    assert!(mail.html.contains(">打开链接，开始刷脸</a>"));
    assert!(mail.html.contains(&format!("<a href=\"{REFUSE}\">")));
}

#[test]
fn a_due_date_in_english_names_the_day() {
    let letter = letter(Occasion::ReverifyDue, Language::En, Channel::Mail, "a@b.cn");
    let mail = mail(&letter);
    assert_eq!(
        mail.subject,
        "示例科技（北京）有限公司 has to be verified again"
    );
    assert!(mail.text.contains("Please verify before 2026-11-27:"));
    assert!(mail.text.contains(&format!("Unsubscribe here: {REFUSE}\n")));
}

#[test]
fn every_occasion_has_its_words_in_both_languages_and_both_channels() {
    for (occasion, language) in all() {
        let name = format!("{occasion:?} in {}", language.tag());
        let by_mail = mail(&letter(occasion, language, Channel::Mail, "a@b.cn"));
        let by_sms = sms(&letter(occasion, language, Channel::Sms, "13800138000"));
        let texts = [&by_mail.subject, &by_mail.text, &by_mail.html, &by_sms.text];
        for text in texts {
            assert!(text.contains("示例科技（北京）有限公司"), "{name}: {text}");
            let key = format!("{}_", occasion.as_str());
            assert!(!text.contains(&key), "{name} lacks a text: {text}");
            let blank = text.contains('{') || text.contains('}');
            assert!(!blank, "{name} leaves a blank: {text}");
        }
        assert!(!by_mail.subject.contains('\n'), "{name}");
        for text in [&by_mail.text, &by_mail.html, &by_sms.text] {
            assert!(text.contains(REFUSE), "{name} can't be refused");
        }
        let leads = occasion == Occasion::HandOff;
        for text in [&by_mail.text, &by_mail.html, &by_sms.text] {
            assert_eq!(text.contains(LINK), leads, "{name}");
        }
        let html = &by_mail.html;
        for foreign in ["<img", "<script", "src=", "url(", "@import"] {
            assert!(!html.contains(foreign), "{name} loads something");
        }
        assert!(html.contains(&format!("lang=\"{}\"", language.tag())));
    }
}

#[test]
fn a_name_is_data_whatever_is_in_it() {
    let mut odd = letter(Occasion::HandOff, Language::En, Channel::Mail, "a@b.cn");
    odd.facts.platform = "Shop\r\nBcc: all@example.cn".to_owned();
    odd.facts.enterprise = "<script>alert('x')</script> & {link} Co".to_owned();
    let mail = mail(&odd);
    assert!(!mail.subject.contains(['\r', '\n']), "{}", mail.subject);
    assert!(
        mail.subject.contains("{link} Co"),
        "a blank in a name stays"
    );
    assert!(!mail.html.contains("<script>"), "{}", mail.html);
    assert!(
        mail.html
            .contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; {link} Co")
    );
    let lines = |text: &str| text.lines().filter(|line| line.starts_with("Bcc")).count();
    assert_eq!(lines(&mail.text), 0);
}

#[test]
fn the_demonstration_says_so() {
    for (occasion, language) in all() {
        let mut invented = letter(occasion, language, Channel::Mail, "a@b.cn");
        invented.facts.demo = true;
        let by_mail = mail(&invented);
        let mark = match language {
            Language::ZhCn => "【演示】",
            Language::En => "[Demo] ",
        };
        assert!(by_mail.subject.starts_with(mark), "{}", by_mail.subject);
        assert!(sms(&invented).text.starts_with(mark));
        assert!(by_mail.text.contains("演示") || by_mail.text.contains("demonstration"));
    }
}
