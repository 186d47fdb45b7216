//! Bytes in any encoding that a Chinese bank writes, as UTF-8, in constant memory.

use std::io::{self, BufRead, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8};

/// A chunk of decoded text.
const CHUNK: usize = 16 * 1024;
/// An XML declaration stands within so many bytes.
const DECLARATION: usize = 256;

/// Decodes while it reads. Bytes that mean nothing in the encoding are an error, never a replacement character.
pub(crate) struct Utf8<R> {
    input: R,
    decoder: Decoder,
    chunk: Box<[u8]>,
    at: usize,
    end: usize,
    over: bool,
}

impl<R: BufRead> Utf8<R> {
    pub(crate) fn new(input: R, encoding: &'static Encoding) -> Self {
        Self {
            input,
            decoder: encoding.new_decoder_with_bom_removal(),
            chunk: vec![0; CHUNK].into_boxed_slice(),
            at: 0,
            end: 0,
            over: false,
        }
    }

    fn decode(&mut self) -> io::Result<()> {
        while self.at == self.end && !self.over {
            let bytes = self.input.fill_buf()?;
            let last = bytes.is_empty();
            let (result, read, written) =
                self.decoder
                    .decode_to_utf8_without_replacement(bytes, &mut self.chunk, last);
            self.input.consume(read);
            (self.at, self.end) = (0, written);
            match result {
                DecoderResult::Malformed(..) => {
                    let name = self.decoder.encoding().name();
                    let what = format!("bytes that are no {name}");
                    return Err(io::Error::new(io::ErrorKind::InvalidData, what));
                }
                DecoderResult::InputEmpty => self.over = last,
                DecoderResult::OutputFull => {}
            }
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Utf8<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(out)?;
        self.consume(length);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Utf8<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.decode()?;
        Ok(&self.chunk[self.at..self.end])
    }

    fn consume(&mut self, length: usize) {
        self.at = (self.at + length).min(self.end);
    }
}

/// The encoding of a text that does not name it: by its byte order mark, else UTF-8 if all of it is, else GB18030, which
/// holds GBK and GB 2312. Reads the whole input.
pub(crate) fn guess(mut input: impl BufRead) -> io::Result<&'static Encoding> {
    let start = input.fill_buf()?;
    if let Some((encoding, _)) = Encoding::for_bom(start) {
        return Ok(encoding);
    }
    match io::copy(&mut Utf8::new(input, UTF_8), &mut io::sink()) {
        Ok(_) => Ok(UTF_8),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(GB18030),
        Err(error) => Err(error),
    }
}

/// The encoding that an XML file declares; UTF-8 if it declares none.
///
/// # Errors
/// The name it declares, if browsers don't know it either.
pub(crate) fn declared(start: &[u8]) -> Result<&'static Encoding, String> {
    if let Some((encoding, _)) = Encoding::for_bom(start) {
        return Ok(encoding);
    }
    let start = String::from_utf8_lossy(&start[..start.len().min(DECLARATION)]);
    // One that does not end is told by whoever reads on.
    let (declaration, _) = start.split_once("?>").unwrap_or_default();
    let is_one = declaration.trim_start().starts_with("<?xml");
    let Some((_, rest)) = declaration.split_once("encoding").filter(|_| is_one) else {
        return Ok(UTF_8);
    };
    let name: String = rest
        .chars()
        .skip_while(|c| " =\"'\t\r\n".contains(*c))
        .take_while(|c| !"\"'".contains(*c))
        .collect();
    let known = match name.to_ascii_uppercase().as_str() {
        "US-ASCII" | "ASCII" => Some(UTF_8),
        "GBK" | "GB2312" => Some(GB18030),
        // What can be read up to here has one byte a character.
        "UTF-16" | "UTF-16LE" | "UTF-16BE" => None,
        name => Encoding::for_label_no_replacement(name.as_bytes()),
    };
    known.ok_or_else(|| name.chars().take(32).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], encoding: &'static Encoding) -> io::Result<String> {
        let mut text = String::new();
        let small = io::BufReader::with_capacity(3, bytes);
        Utf8::new(small, encoding).read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn the_same_words_are_read_from_every_encoding() {
        let words = "交易时间,收入\n示例科技,0.37\n";
        let gbk = GB18030.encode(words).0.into_owned();
        let marked = [b"\xEF\xBB\xBF", words.as_bytes()].concat();
        let gbk_marked = [b"\x84\x31\x95\x33".as_slice(), &gbk].concat();
        for bytes in [words.as_bytes(), &gbk, &marked, &gbk_marked] {
            let encoding = guess(bytes).expect("readable");
            assert_eq!(
                read(bytes, encoding)
                    .expect("readable")
                    .trim_start_matches('\u{feff}'),
                words
            );
        }
    }

    #[test]
    fn what_is_text_in_no_encoding_is_an_error() {
        assert!(read(b"ok \xff\xff", UTF_8).is_err());
        assert!(read(b"ok \xff\xff", GB18030).is_err());
    }

    #[test]
    fn xml_says_its_encoding() {
        let of = |text: &str| declared(text.as_bytes()).map(Encoding::name);
        assert_eq!(of("<Document/>"), Ok("UTF-8"));
        assert_eq!(
            of("<?xml version=\"1.0\" encoding='gb2312'?>"),
            Ok("gb18030")
        );
        assert_eq!(
            of("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>"),
            Ok("windows-1252")
        );
        assert_eq!(
            of("<?xml version=\"1.0\" encoding=\"EBCDIC\"?>"),
            Err("EBCDIC".to_owned())
        );
    }
}
