//! Where a line stands: the path of its file, as people may see it, and its number.

use crate::model::Model;
use crate::text::Clean;

/// The path of a loaded file as it was given; bytes that are no UTF-8 are escaped, so that no two paths look alike.
pub(super) fn path(model: &Model, file: u32) -> Clean {
    Clean::line(model.path(file).as_os_str().as_encoded_bytes())
}

/// `mainlog:17`: number of the file, and of the line, from 1.
pub(super) fn line(model: &Model, (file, line): (u32, u32)) -> Clean {
    Clean::line(format!("{}:{line}", path(model, file)))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;

    use super::*;
    use crate::model::FileInfo;

    #[test]
    fn a_path_is_shown_byte_for_byte_and_steers_no_terminal() {
        let mut model = Model::default();
        for bytes in [&b"log\xff"[..], b"log\xfe", b"log\x1b[2J"] {
            let path = Path::new(OsStr::from_bytes(bytes));
            model.files.push(FileInfo::new(path, None));
        }
        let shown = [0, 1, 2].map(|file| line(&model, (file, 7)).to_string());
        assert_eq!(shown, ["log\\xff:7", "log\\xfe:7", "log\\x1b[2J:7"]);
    }
}
