use std::io::Write;
use std::sync::Arc;

use super::*;

fn never() -> Stop {
    Arc::new(|| false)
}

fn file_of(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file
}

/// The text that was read, and the error that ended it.
fn read(bytes: &[u8]) -> (String, Option<String>) {
    let file = file_of(bytes);
    let mut text = Vec::new();
    let mut reader = open(file.path(), &never()).unwrap().reader;
    let error = reader.read_to_end(&mut text).err();
    (
        String::from_utf8(text).unwrap(),
        error.map(|error| error.to_string()),
    )
}

fn text_of(bytes: &[u8]) -> String {
    let (text, error) = read(bytes);
    assert_eq!(error, None);
    text
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(text).unwrap();
    out.finish().unwrap()
}

fn xz(text: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut out = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    out.write_all(text).unwrap();
    out.finish().unwrap()
}

fn bzip2(text: &[u8]) -> Vec<u8> {
    let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    out.write_all(text).unwrap();
    out.finish().unwrap()
}

fn zstd(text: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest)
}

type Pack = fn(&[u8]) -> Vec<u8>;
const CODECS: [(&str, Pack); 4] = [("gzip", gzip), ("xz", xz), ("bzip2", bzip2), ("zstd", zstd)];

#[test]
fn several_members_are_one_text() {
    for (name, pack) in CODECS {
        let both = [pack(b"one\n"), pack(b""), pack(b"two\n")].concat();
        assert_eq!(text_of(&both), "one\ntwo\n", "{name}");
    }
}

#[test]
fn padding_is_passed_over_and_garbage_is_said() {
    for (name, pack) in CODECS {
        let padded = [
            pack(b"one\n"),
            vec![0; 4096],
            pack(b"two\n"),
            vec![0; 70_000],
        ]
        .concat();
        assert_eq!(text_of(&padded), "one\ntwo\n", "{name}");
        let (text, error) = read(&[pack(b"one\n"), b"garbage".to_vec()].concat());
        assert_eq!(text, "one\n");
        let expected = format!("what follows the {name} data is none");
        assert_eq!(error.unwrap(), expected);
    }
}

#[test]
fn skippable_zstd_frames_are_skipped() {
    let skippable = [&[0x53, 0x2a, 0x4d, 0x18, 5, 0, 0, 0][..], b"hello"].concat();
    let all = [
        skippable.clone(),
        zstd(b"one\n"),
        skippable.clone(),
        zstd(b"two\n"),
    ]
    .concat();
    assert_eq!(text_of(&all), "one\ntwo\n");
    let (text, error) = read(&[zstd(b"one\n"), skippable[..10].to_vec()].concat());
    assert_eq!(text, "one\n");
    assert!(error.is_some());
}

/// Lines that shrink little, so that half of the packed bytes is about half of the text.
fn lines() -> String {
    let mut seed = 7_u64;
    let number = |_| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        format!("{:x}\n", seed >> 8)
    };
    (0..50_000).map(number).collect()
}

#[test]
fn a_torn_archive_gives_what_it_had() {
    let text = lines();
    for (name, pack) in CODECS {
        let packed = pack(text.as_bytes());
        let (got, error) = read(&packed[..packed.len() / 2]);
        assert!(error.is_some(), "{name}");
        assert!(text.starts_with(&got), "{name}");
        assert!(
            got.len() > text.len() / 3,
            "{name}: {} of {}",
            got.len(),
            text.len()
        );
    }
}

#[test]
fn a_damaged_archive_is_said() {
    let text = lines();
    for (name, pack) in CODECS {
        let mut packed = pack(text.as_bytes());
        let middle = packed.len() / 2;
        packed[middle..middle + 64].fill(0x55);
        let file = file_of(&packed);
        let mut got = Vec::new();
        let result = open(file.path(), &never())
            .unwrap()
            .reader
            .read_to_end(&mut got);
        // A format without checksum cannot tell that a byte is another one.
        assert!(result.is_err() || name == "zstd", "{name}");
        assert!(got.len() > text.len() / 4, "{name}: {}", got.len());
    }
}

#[test]
fn a_bomb_ends() {
    let limits = Limits {
        floor: 1 << 20,
        ratio: 50,
        line: 1 << 20,
    };
    let zeros = vec![0; 3 << 20];
    let newlines = vec![b'\n'; 3 << 20];
    for (name, pack) in CODECS {
        for (bomb, reason) in [
            (&zeros, "a line of more than 1 MiB"),
            (&newlines, "more than 50 for one"),
        ] {
            let file = file_of(&pack(bomb));
            let mut got = Vec::new();
            let mut opened = open_within(file.path(), &never(), limits).unwrap();
            let error = opened.reader.read_to_end(&mut got).unwrap_err().to_string();
            assert!(error.contains(reason), "{name}: {error}");
            assert!(
                ((1 << 20)..(3 << 20)).contains(&got.len()),
                "{name}: {}",
                got.len()
            );
        }
    }
}

#[test]
fn what_was_read_before_is_had_again_up_to_where_its_limits_ended_it() {
    let file = file_of(&gzip(&vec![0; 40 << 20]));
    let mut got = Vec::new();
    let mut opened = open(file.path(), &never()).unwrap();
    assert!(opened.reader.read_to_end(&mut got).is_err());
    // Read in other steps, it is at other places that the limits are looked at.
    let mut again = text_again(File::open(file.path()).unwrap()).unwrap();
    for (from, to) in [(0, 1), (1, 40_000), (40_000, 34 << 20)] {
        let mut piece = vec![1; to - from];
        again.read_exact(&mut piece).unwrap();
        assert!(piece.iter().all(|byte| *byte == 0));
    }
}

#[test]
fn marks_are_no_text() {
    let marked = b"\xef\xbb\xbfone\ntwo\n";
    assert_eq!(text_of(marked), "one\ntwo\n");
    assert_eq!(text_of(&gzip(marked)), "one\ntwo\n");
    let opened = open(file_of(marked).path(), &never()).unwrap();
    assert!(!opened.rereadable);
}

#[test]
fn plain_text_and_what_is_no_file() {
    assert_eq!(text_of(b"plain\n"), "plain\n");
    assert!(
        open(file_of(b"plain\n").path(), &never())
            .unwrap()
            .rereadable
    );
    let error = |path: &Path| open(path, &never()).err().unwrap().to_string();
    let missing = error(Path::new("/nonexistent/mainlog"));
    assert!(
        missing.starts_with("/nonexistent/mainlog: cannot open:"),
        "{missing}"
    );
    let dir = tempfile::tempdir().unwrap();
    assert!(error(dir.path()).contains("directory"));
    let socket = dir.path().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    assert!(error(&socket).contains("it is a socket"));
}
