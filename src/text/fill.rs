//! Sentences with places for values.

/// Puts values in the places of a template that name them: `{peer}`. Values are not looked at again.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() + 64);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let known = after.split_once('}').and_then(|(name, behind)| {
            let value = values.iter().find(|(own, _)| *own == name)?;
            Some((value.1, behind))
        });
        rest = if let Some((value, behind)) = known {
            out.push_str(value);
            behind
        } else {
            out.push('{');
            after
        };
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_put_in_once() {
        let values = [("a", "{b}"), ("b", "x")];
        assert_eq!(fill("{a} {b} {c} {", &values), "{b} x {c} {");
    }
}
