use ratatui::style::{Color, Modifier};

use super::*;

const DEPTHS: [Depth; 3] = [Depth::Sixteen, Depth::Indexed, Depth::Rgb];

/// Every style of a theme with the name of its role.
fn styles(theme: &Theme) -> Vec<(String, Style)> {
    let mut theme = *theme;
    let mut all: Vec<_> = Grade::ALL
        .map(|grade| (grade.to_string(), theme.grade(grade)))
        .into();
    for role in Theme::ROLES {
        all.push(((*role).to_owned(), *theme.role_mut(role).unwrap()));
    }
    all
}

fn table(text: &str) -> toml::Table {
    text.parse().unwrap()
}

#[test]
fn text_is_never_bright_black() {
    for name in Name::ALL {
        for depth in DEPTHS {
            for (role, style) in styles(&Theme::named(name, depth)) {
                assert!(style.fg != Some(Color::DarkGray), "{name} {role}");
                assert!(
                    style.bg.is_none(),
                    "{name} {role}: the badge has to stay as it is"
                );
            }
        }
    }
}

#[test]
fn mono_has_no_colour() {
    for (role, style) in styles(&Theme::named(Name::Mono, Depth::Rgb)) {
        assert!(style.fg.is_none() && style.bg.is_none(), "{role}");
    }
}

#[test]
fn sixteen_colours_are_enough_for_every_theme() {
    for name in Name::ALL {
        for (role, style) in styles(&Theme::named(name, Depth::Sixteen)) {
            assert!(
                !matches!(style.fg, Some(Color::Rgb(..) | Color::Indexed(_))),
                "{name} {role}"
            );
        }
    }
}

#[test]
fn good_and_bad_never_look_the_same() {
    for name in Name::ALL {
        for depth in DEPTHS {
            let theme = Theme::named(name, depth);
            for bad in Grade::ALL.into_iter().filter(|grade| grade.is_bad()) {
                assert_ne!(theme.grade(bad), theme.grade(Grade::A), "{name} {bad}");
                assert_ne!(theme.grade(bad), theme.text(), "{name} {bad}");
            }
            assert_ne!(theme.selection(), theme.text(), "{name}");
        }
    }
}

#[test]
fn the_environment_chooses() {
    let with = |name: &'static str, value: &'static str| {
        Name::from_env(move |asked| (asked == name).then(|| value.to_owned()))
    };
    assert_eq!(with("NO_COLOR", "1"), Name::Mono);
    assert_eq!(with("NO_COLOR", ""), Name::Dark);
    assert_eq!(with("TERM", "dumb"), Name::Mono);
    assert_eq!(with("COLORFGBG", "0;15"), Name::Light);
    assert_eq!(with("COLORFGBG", "15;0"), Name::Dark);
}

#[test]
fn names_are_read_in_both_spellings() {
    for name in Name::ALL {
        assert_eq!(name.to_string().parse(), Ok(name));
    }
    assert_eq!("color-blind".parse(), Ok(Name::ColourBlind));
    assert_eq!("pink".parse::<Name>(), Err(ThemeError::Name("pink".into())));
}

#[test]
fn single_roles_can_be_overridden() {
    let mut theme = Theme::named(Name::Dark, Depth::Rgb);
    let before = theme;
    theme
        .override_with(&table(
            "error = 'bold underlined #d55e00 on default'\ngrade_f = '231 on red'",
        ))
        .unwrap();
    let modifiers = Modifier::BOLD | Modifier::UNDERLINED;
    let wanted = Style::new().fg(Color::Rgb(0xd5, 0x5e, 0)).bg(Color::Reset);
    assert_eq!(theme.error(), wanted.add_modifier(modifiers));
    assert_eq!(
        theme.grade(Grade::F),
        Style::new().fg(Color::Indexed(231)).bg(Color::Red)
    );
    assert_eq!(theme.grade(Grade::A), before.grade(Grade::A));
    assert_eq!(theme.warning(), before.warning());
    theme
        .override_with(&table("grade_unknown = 'plain'"))
        .unwrap();
    assert_eq!(theme.grade(Grade::Unknown), Style::new());
}

#[test]
fn a_wrong_override_is_told() {
    let mut theme = Theme::named(Name::Dark, Depth::Rgb);
    let role = |name: &str| Err(ThemeError::Role(name.into()));
    assert_eq!(theme.override_with(&table("eror = 'red'")), role("eror"));
    assert_eq!(
        theme.override_with(&table("grade_x = 'red'")),
        role("grade_x")
    );
    let word = |word: &str| {
        Err(ThemeError::Word {
            role: "error".into(),
            word: word.into(),
        })
    };
    assert_eq!(
        theme.override_with(&table("error = 'bold reddish'")),
        word("reddish")
    );
    assert_eq!(theme.override_with(&table("error = 'red on'")), word("on"));
    let not_text = theme.override_with(&table("error = 3")).unwrap_err();
    assert_eq!(
        not_text.to_string(),
        r#"the style of "error" has to be a string such as "bold red""#
    );
    assert!(
        ThemeError::Role("x".into())
            .to_string()
            .contains("text, dim, title, accent")
    );
}
