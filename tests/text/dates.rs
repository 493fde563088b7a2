//! Days and times in words.

use chat_room::text::{Language, LocalTime};

#[cfg(target_arch = "wasm32")]
const HOUR_MS: u64 = 60 * 60 * 1000;

tests! {
    fn days_and_times_are_written_as_each_language_does() {
        for (millis, english, chinese) in [
            (0, "12:00 AM|Thursday, January 1|Thursday, January 1, 1970 at 12:00:00 AM", "00:00|1月1日星期四|1970年1月1日星期四 00:00:00"),
            (
                951_782_399_999,
                "11:59 PM|Monday, February 28|Monday, February 28, 2000 at 11:59:59 PM",
                "23:59|2月28日星期一|2000年2月28日星期一 23:59:59",
            ),
            (
                1_709_210_096_000,
                "12:34 PM|Thursday, February 29|Thursday, February 29, 2024 at 12:34:56 PM",
                "12:34|2月29日星期四|2024年2月29日星期四 12:34:56",
            ),
            (
                1_795_513_260_000,
                "09:41 AM|Tuesday, November 24|Tuesday, November 24, 2026 at 9:41:00 AM",
                "09:41|11月24日星期二|2026年11月24日星期二 09:41:00",
            ),
        ] {
            for (language, expected) in [(Language::English, english), (Language::Chinese, chinese)] {
                assert_eq!(words(LocalTime::new(millis, 0), language), expected);
            }
        }
        let time = LocalTime::new(1_795_513_260_000, 0);
        assert_eq!(time.date(Language::English, true), "Tuesday, November 24, 2026");
        assert_eq!(time.date(Language::Chinese, true), "2026年11月24日星期二");
    }

    fn the_day_is_that_of_the_place() {
        let at = 1_767_225_600_000; // 2026 begins in Greenwich.
        for (minutes_east, day, year, clock) in [
            (0, 20_454, 2026, "12:00 AM"),
            (-1, 20_453, 2025, "11:59 PM"),
            (14 * 60, 20_454, 2026, "02:00 PM"),
            (-12 * 60, 20_453, 2025, "12:00 PM"),
            (5 * 60 + 45, 20_454, 2026, "05:45 AM"),
        ] {
            let time = LocalTime::new(at, minutes_east);
            assert_eq!((time.day(), time.year(), time.clock(Language::English).as_str()), (day, year, clock));
        }
        let before = LocalTime::new(0, -60);
        assert_eq!(before.full(Language::Chinese), "1969年12月31日星期三 23:00:00");
    }

    fn no_time_is_too_late() {
        for millis in [1 << 53, u64::MAX] {
            for minutes_east in [-720, 840] {
                assert!(!words(LocalTime::new(millis, minutes_east), Language::English).is_empty());
            }
        }
    }
}

/// The browser's own formats say the same, here and now and elsewhere in the year.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen_test::wasm_bindgen_test]
fn the_browser_writes_them_alike() {
    use js_sys::{Array, Date, Intl, JSON, Object};
    use wasm_bindgen::{JsCast, JsValue};

    let formats = [
        r#"{"hour":"2-digit","minute":"2-digit"}"#,
        r#"{"weekday":"long","month":"long","day":"numeric"}"#,
        r#"{"dateStyle":"full","timeStyle":"medium"}"#,
    ];
    for language in [Language::English, Language::Chinese] {
        for step in 0..400 {
            let millis = 1_767_225_600_000 + step * 23 * HOUR_MS;
            let date = Date::new(&JsValue::from_f64(millis as f64));
            let native = formats.map(|format| {
                let options: Object = JSON::parse(format).unwrap().unchecked_into();
                let format = Intl::DateTimeFormat::new(&Array::of1(&language.tag().into()), &options).format();
                let words = format.call1(&JsValue::UNDEFINED, &date).unwrap().as_string().unwrap();
                // Some put a narrow space before AM and PM.
                words.replace('\u{202f}', " ")
            });
            let time = LocalTime::new(millis, -date.get_timezone_offset() as i64);
            assert_eq!(words(time, language), native.join("|"));
        }
    }
}

fn words(time: LocalTime, language: Language) -> String {
    [time.clock(language), time.date(language, false), time.full(language)].join("|")
}
