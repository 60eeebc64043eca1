use super::*;

#[test]
fn lines_of_a_quiet_stream_are_handed_out() {
    struct Slow(Vec<&'static [u8]>);
    impl Read for Slow {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let Some(next) = self.0.pop() else {
                return Ok(0);
            };
            buf[..next.len()].copy_from_slice(next);
            Ok(next.len())
        }
    }
    let pieces: Vec<&[u8]> = vec![b"ree\n", b"two\nth", b"e\n", b"on"];
    let mut reader = ChunkReader::new(Slow(pieces)).live(Some(Box::new(|| true)));
    let texts = std::iter::from_fn(|| reader.next(Vec::new()).unwrap())
        .map(|chunk| String::from_utf8(chunk.text().to_vec()).unwrap());
    assert_eq!(texts.collect::<Vec<_>>(), ["one\n", "two\n", "three\n"]);
}

fn chunks(text: &[u8]) -> Vec<Chunk> {
    let mut reader = ChunkReader::new(text);
    std::iter::from_fn(|| reader.next(Vec::new()).unwrap()).collect()
}

#[test]
fn chunks_hold_whole_lines_and_count_them() {
    let line = [b"x".repeat(99).as_slice(), b"\n"].concat();
    let text = line.repeat(3 * CHUNK_BYTES / 100);
    let parts = chunks(&text);
    assert!(parts.len() >= 3);
    let mut next = 1;
    let mut all = Vec::new();
    for part in &parts {
        assert_eq!(part.index.first_line, next);
        assert_eq!(part.index.offset, all.len() as u64);
        assert!(part.bytes.ends_with(b"\n"));
        next += part.index.lines;
        all.extend_from_slice(&part.bytes);
    }
    assert_eq!(all, text);
}

#[test]
fn lines_are_noted_as_if_they_were_looked_at_one_by_one() {
    for longest in [1, 3, 9, 80, 700, 3000] {
        let line = |n: usize| "x".repeat(n * 7919 % longest) + "\n";
        let text: String = (0..1000).map(line).collect();
        for text in [text.as_str(), text.trim_end(), "\n", "x", ""] {
            let (mut noted, mut wanted) = (ChunkIndex::default(), ChunkIndex::default());
            let mut at = 5;
            for line in text.split_inclusive('\n') {
                wanted.begin_line(at);
                at += line.len();
            }
            noted.begin_lines(text.as_bytes(), 5);
            assert_eq!((noted.lines, noted.marks), (wanted.lines, wanted.marks));
        }
    }
}

#[test]
fn a_last_line_without_newline_counts() {
    let parts = chunks(b"one\ntwo");
    assert_eq!(parts[0].index.lines, 2);
    assert!(chunks(b"").is_empty());
}

#[test]
fn a_monster_line_is_cut_and_the_next_line_is_found() {
    let text = [b"y".repeat(2 * CHUNK_BYTES + 5).as_slice(), b"\nnext\n"].concat();
    let parts = chunks(&text);
    assert_eq!(parts[0].bytes.len(), MAX_LINE_BYTES);
    assert_eq!(parts[0].index.lines, 1);
    assert_eq!(parts[1].bytes, b"next\n");
    assert_eq!(parts[1].index.first_line, 2);
    assert_eq!(parts[1].index.offset as usize, text.len() - 5);
}

#[test]
fn what_was_read_before_an_error_is_kept() {
    struct Torn(u8);
    impl Read for Torn {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            if self.0 == 1 {
                buf[..4].copy_from_slice(b"a\nb\n");
                return Ok(4);
            }
            Err(io::Error::from(io::ErrorKind::UnexpectedEof))
        }
    }
    let mut reader = ChunkReader::new(Torn(0));
    assert!(reader.next(Vec::new()).is_err());
    assert_eq!(reader.next(Vec::new()).unwrap().unwrap().bytes, b"a\nb\n");
    assert!(reader.next(Vec::new()).unwrap().is_none());
}
