//! Days and times as each language writes them: in the words of the browsers' own formats, the first of which takes a
//! browser longer than all else that an element does to start.

use super::Language;
use crate::file::{civil, push_all, push_digits};

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// From Thursday, 1970-01-01, without the `day` of each.
const WEEKDAYS: [&str; 7] = ["Thurs", "Fri", "Satur", "Sun", "Mon", "Tues", "Wednes"];
const WEEKDAYS_CHINESE: [&str; 7] = ["四", "五", "六", "日", "一", "二", "三"];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A point in time as clocks and calendars show it at some place.
///
/// ```
/// use chat_room::text::{Language, LocalTime};
///
/// let time = LocalTime::new(1_795_513_260_000, 8 * 60);
/// assert_eq!(time.clock(Language::English), "05:41 PM");
/// assert_eq!(time.date(Language::Chinese, false), "11月24日星期二");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    day: i64,
    second: i64,
}

impl LocalTime {
    /// So many milliseconds after the beginning of 1970 in Greenwich, at a place so many minutes east of it.
    pub fn new(millis: u64, minutes_east: i64) -> Self {
        let seconds = (millis / 1_000) as i64 + minutes_east * 60;
        Self {
            day: seconds.div_euclid(DAY_SECONDS),
            second: seconds.rem_euclid(DAY_SECONDS),
        }
    }

    /// How many days after 1970-01-01 it is.
    pub fn day(self) -> i64 {
        self.day
    }

    /// The year that it is in.
    pub fn year(self) -> i64 {
        civil(self.day).0
    }

    /// Hour and minute: `05:41 PM`, `17:41`.
    pub fn clock(self, language: Language) -> String {
        self.time(language, 2, false)
    }

    /// Weekday, month and day, and the year if it is wanted: `Tuesday, November 24, 2026`, `2026年11月24日星期二`.
    pub fn date(self, language: Language, with_year: bool) -> String {
        let (year, month, day) = civil(self.day);
        let weekday = self.day.rem_euclid(7) as usize;
        let (day, mut year) = (day.to_string(), year.to_string());
        let mut text = String::new();
        match language {
            Language::English => {
                push_all(&mut text, &[WEEKDAYS[weekday], "day, ", MONTHS[month - 1], " ", &day]);
                if with_year {
                    push_all(&mut text, &[", ", &year]);
                }
            }
            Language::Chinese => {
                year.push('年');
                let year = if with_year { &year } else { "" };
                push_all(
                    &mut text,
                    &[
                        year,
                        &month.to_string(),
                        "月",
                        &day,
                        "日星期",
                        WEEKDAYS_CHINESE[weekday],
                    ],
                );
            }
        }
        text
    }

    /// All of it, to the second: `Tuesday, November 24, 2026 at 5:41:00 PM`, `2026年11月24日星期二 17:41:00`.
    pub fn full(self, language: Language) -> String {
        let (between, width) = match language {
            Language::English => (" at ", 1),
            Language::Chinese => (" ", 2),
        };
        let mut text = self.date(language, true);
        push_all(&mut text, &[between, &self.time(language, width, true)]);
        text
    }

    /// The time of day, its hours in as many digits.
    fn time(self, language: Language, width: usize, with_seconds: bool) -> String {
        let hour = self.second / 3600;
        let (hour, mark) = match language {
            Language::Chinese => (hour, ""),
            Language::English => ((hour + 11) % 12 + 1, [" AM", " PM"][(hour / 12) as usize]),
        };
        let mut text = String::new();
        push_digits(&mut text, hour as u64, width);
        for number in [self.second / 60 % 60, self.second % 60]
            .into_iter()
            .take(1 + usize::from(with_seconds))
        {
            text.push(':');
            push_digits(&mut text, number as u64, 2);
        }
        text.push_str(mark);
        text
    }
}
