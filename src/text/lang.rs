//! The languages that texts for people are written in.

use super::human;

/// A language of explanations, findings and evidence. What logs and headers say is quoted in any of them, never
/// translated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// German.
    De,
}

impl Lang {
    /// What is said in this language. Both stand side by side, so that neither is forgotten.
    pub const fn pick<T: Copy>(self, english: T, german: T) -> T {
        match self {
            Self::En => english,
            Self::De => german,
        }
    }

    /// Its tag (BCP 47).
    pub const fn tag(self) -> &'static str {
        self.pick("en", "de")
    }

    /// [`human::duration`], in the nominative: `1 day 2 h`, `1 Tag 2 h`.
    pub fn duration(self, seconds: u64) -> String {
        self.days(human::duration(seconds))
    }

    /// [`human::delta`]: `+1 day 2 h`, `+1 Tag 2 h`.
    pub fn delta(self, seconds: i64) -> String {
        self.days(human::delta(seconds))
    }

    /// [`human::bytes`]: `1.1 GB`, `1,1 GB`.
    pub fn bytes(self, count: u64) -> String {
        let told = human::bytes(count);
        match self {
            Self::En => told,
            Self::De => told.replace('.', ","),
        }
    }

    /// [`human::count`]: `214,331`, `214.331`.
    pub fn count(self, number: u64) -> String {
        let told = human::count(number);
        match self {
            Self::En => told,
            Self::De => told.replace(',', "."),
        }
    }

    /// Of the units only the day has a name of its own.
    fn days(self, told: String) -> String {
        match self {
            Self::En => told,
            Self::De => told.replace("day", "Tag").replace("Tags", "Tage"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_those_of_the_language() {
        for (lang, expected) in [
            (Lang::En, ["1 day 2 h", "+2 days", "1.1 GB", "214,331"]),
            (Lang::De, ["1 Tag 2 h", "+2 Tage", "1,1 GB", "214.331"]),
        ] {
            let told = [
                lang.duration(93_600),
                lang.delta(2 * 86_400),
                lang.bytes(1_100_000_000),
                lang.count(214_331),
            ];
            assert_eq!(told, expected, "{}", lang.tag());
        }
    }
}
