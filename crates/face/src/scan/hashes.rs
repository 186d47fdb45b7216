//! Hashes of a scan's frames, spread over the whole scan, for recognising a recording that is played again.

use crate::PerceptualHash;

/// Frames that a verdict names at most.
const MOST: usize = 64;

/// Frames that differ in no more bits show the same; one of them is enough.
const SAME: u32 = 4;

/// Distinct frames so far. When there are too many, every other one goes and only every other new one comes: long scans
/// are covered as evenly as short ones.
#[derive(Clone, Debug)]
pub(super) struct Hashes {
    kept: Vec<PerceptualHash>,
    stride: usize,
    distinct: usize,
}

impl Default for Hashes {
    fn default() -> Self {
        Self {
            kept: Vec::new(),
            stride: 1,
            distinct: 0,
        }
    }
}

impl Hashes {
    /// Takes the hash of a frame with a face.
    pub fn see(&mut self, hash: PerceptualHash) {
        if self.kept.iter().any(|kept| kept.distance(hash) <= SAME) {
            return;
        }
        self.distinct += 1;
        if !self.distinct.is_multiple_of(self.stride) {
            return;
        }
        if self.kept.len() == MOST {
            let mut index = 0;
            self.kept.retain(|_| {
                index += 1;
                index % 2 == 0
            });
            self.stride *= 2;
        }
        self.kept.push(hash);
    }

    pub fn kept(&self) -> &[PerceptualHash] {
        &self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(number: u64) -> PerceptualHash {
        let part = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        format!("{part:016x}").repeat(4).parse().expect("64 digits")
    }

    #[test]
    fn the_same_view_is_kept_once() {
        let mut hashes = Hashes::default();
        (0..50).for_each(|_| hashes.see(hash(1)));
        hashes.see(hash(2));
        assert_eq!(hashes.kept(), [hash(1), hash(2)]);
    }

    #[test]
    fn a_long_scan_is_covered_evenly() {
        let mut hashes = Hashes::default();
        (1..=1_000).for_each(|number| hashes.see(hash(number)));
        let kept = hashes.kept().len();
        assert!((MOST / 2..=MOST).contains(&kept), "{kept}");
        let early = (1..=250)
            .filter(|n| hashes.kept().contains(&hash(*n)))
            .count();
        let late = (751..=1_000)
            .filter(|n| hashes.kept().contains(&hash(*n)))
            .count();
        assert!(early >= 8 && late >= 8, "{early} and {late}");
    }
}
