//! The edges of every range of close codes, and the reason's limit.

use super::*;

#[test]
fn only_1000_and_3000_to_4999_can_be_sent() {
    for code in 0..=u16::MAX {
        let allowed = code == 1000 || (3000..=4999).contains(&code);
        assert_eq!(
            CloseCode::new(code).map(CloseCode::get),
            if allowed { Ok(code) } else { Err(BadCloseCode { code }) }
        );
    }
}

#[test]
fn a_refused_code_says_why_and_what_is_allowed() {
    let table = [
        (0, "codes below 1000 are not used"),
        (999, "codes below 1000 are not used"),
        (1001, "reserved for the protocol itself, this one for \"going away\""),
        (1005, "it only reports \"no code given\" and never travels"),
        (1006, "it only reports \"connection lost\" and never travels"),
        (2999, "reserved for the protocol itself, this one for \"reserved code\""),
        (5000, "not defined"),
        (u16::MAX, "not defined"),
    ];
    for (code, why) in table {
        let text = CloseCode::new(code).expect_err("not allowed").to_string();
        assert!(
            text.starts_with(&format!("close code {code} cannot be sent: ")),
            "{text}"
        );
        assert!(text.contains(why), "{text}");
        assert!(text.ends_with("use 1000, or a number from 3000 to 4999"), "{text}");
    }
}

#[test]
fn a_reason_is_limited_in_bytes_not_characters() {
    assert_eq!(CloseReason::new("x".repeat(123)).map(|it| it.as_str().len()), Ok(123));
    assert_eq!(CloseReason::new("x".repeat(124)), Err(BadCloseReason { bytes: 124 }));
    assert_eq!(CloseReason::new("再".repeat(41)).map(|it| it.as_str().len()), Ok(123));
    let error = CloseReason::new("再".repeat(42)).expect_err("126 bytes");
    assert_eq!(
        error.to_string(),
        "the close reason has 126 bytes of UTF-8 and at most 123 fit; shorten it"
    );
}

#[test]
fn a_reason_alone_travels_with_1000_and_a_code_alone_without_reason() {
    let reason = CloseFrame::from(CloseReason::new("bye").expect("short"));
    assert_eq!((reason.code(), reason.reason()), (CloseCode::NORMAL, "bye"));
    let code = CloseFrame::from(CloseCode::new(4001).expect("allowed"));
    assert_eq!((code.code().get(), code.reason()), (4001, ""));
}

#[test]
fn ranges_mean_what_the_registry_says_at_their_edges() {
    let table = [
        (0, CodeMeaning::Unused),
        (999, CodeMeaning::Unused),
        (1000, CodeMeaning::Normal),
        (1001, CodeMeaning::GoingAway),
        (1002, CodeMeaning::ProtocolError),
        (1003, CodeMeaning::UnsupportedData),
        (1004, CodeMeaning::Reserved),
        (1005, CodeMeaning::NoCode),
        (1006, CodeMeaning::Abnormal),
        (1007, CodeMeaning::InvalidPayload),
        (1008, CodeMeaning::PolicyViolation),
        (1009, CodeMeaning::MessageTooBig),
        (1010, CodeMeaning::MandatoryExtension),
        (1011, CodeMeaning::InternalError),
        (1012, CodeMeaning::ServiceRestart),
        (1013, CodeMeaning::TryAgainLater),
        (1014, CodeMeaning::BadGateway),
        (1015, CodeMeaning::TlsHandshake),
        (1016, CodeMeaning::Reserved),
        (2999, CodeMeaning::Reserved),
        (3000, CodeMeaning::Unauthorized),
        (3001, CodeMeaning::Library),
        (3003, CodeMeaning::Forbidden),
        (3008, CodeMeaning::Timeout),
        (3999, CodeMeaning::Library),
        (4000, CodeMeaning::Private),
        (4999, CodeMeaning::Private),
        (5000, CodeMeaning::Undefined),
    ];
    for (code, expected) in table {
        assert_eq!(meaning(code), expected, "{code}");
    }
}
