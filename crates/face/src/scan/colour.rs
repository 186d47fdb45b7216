//! Random colours on the screen, and how well the face reflected them.

use rand::Rng;
use rand::seq::IndexedRandom;

/// Colours that differ much from each other in what they do to skin.
const PALETTE: [[u8; 3]; 6] = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 255, 0],
    [255, 0, 255],
    [0, 255, 255],
];

/// One colour as it was shown, and what the skin looked like meanwhile.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub cue: u16,
    pub rgb: [u8; 3],
    pub since_ms: u64,
    skin: Vec<[f32; 3]>,
}

impl Shown {
    pub fn new(cue: u16, rgb: [u8; 3], since_ms: u64) -> Self {
        Self {
            cue,
            rgb,
            since_ms,
            skin: Vec::new(),
        }
    }

    /// Takes a frame that was filmed under this colour. Its brightness is taken out, since exposure follows the screen.
    pub fn see(&mut self, skin: [f32; 3]) {
        let sum = (skin[0] + skin[1] + skin[2]).max(1.0);
        self.skin.push(skin.map(|channel| channel / sum));
    }

    fn mean_skin(&self) -> Option<[f32; 3]> {
        mean(&self.skin)
    }
}

/// Picks `count` colours, no two alike in a row.
pub(super) fn pick(count: u8, rng: &mut impl Rng) -> Vec<[u8; 3]> {
    let mut picked: Vec<[u8; 3]> = Vec::new();
    while picked.len() < usize::from(count) {
        let colour = PALETTE.choose(rng).copied().unwrap_or_default();
        if picked.last() != Some(&colour) {
            picked.push(colour);
        }
    }
    picked
}

/// How well the skin's colour followed the screen's, -1 to 1: the correlation of both, channel by channel, each less
/// its mean over all colours. `None` with fewer than two colours that were filmed.
pub(super) fn reflection(shown: &[Shown]) -> Option<f32> {
    let filmed: Vec<_> = shown
        .iter()
        .filter_map(|s| Some((s.rgb.map(f32::from), s.mean_skin()?)))
        .collect();
    if filmed.len() < 2 {
        return None;
    }
    let colours: Vec<[f32; 3]> = filmed.iter().map(|(colour, _)| *colour).collect();
    let skins: Vec<[f32; 3]> = filmed.iter().map(|(_, skin)| *skin).collect();
    let (mean_colour, mean_skin) = (mean(&colours)?, mean(&skins)?);
    let (mut both, mut colour_power, mut skin_power) = (0.0, 0.0, 0.0);
    for (colour, skin) in colours.iter().zip(&skins) {
        for channel in 0..3 {
            let (c, s) = (
                colour[channel] - mean_colour[channel],
                skin[channel] - mean_skin[channel],
            );
            both += c * s;
            colour_power += c * c;
            skin_power += s * s;
        }
    }
    let power: f32 = colour_power * skin_power;
    Some(if power > f32::EPSILON {
        both / power.sqrt()
    } else {
        0.0
    })
}

fn mean(values: &[[f32; 3]]) -> Option<[f32; 3]> {
    let count = f32::from(
        u16::try_from(values.len())
            .ok()
            .filter(|count| *count > 0)?,
    );
    Some(std::array::from_fn(|channel| {
        values.iter().map(|v| v[channel]).sum::<f32>() / count
    }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    const SKIN: [f32; 3] = [190.0, 150.0, 130.0];

    fn filmed(colours: &[[u8; 3]], skin: impl Fn([u8; 3], usize) -> [f32; 3]) -> Vec<Shown> {
        let film = |(i, rgb): (usize, &[u8; 3])| {
            let mut shown = Shown::new(u16::try_from(i).expect("few"), *rgb, 0);
            shown.see(skin(*rgb, i));
            shown
        };
        colours.iter().enumerate().map(film).collect()
    }

    #[test]
    fn skin_that_takes_the_screens_colour_scores_high_and_a_recording_does_not() {
        let colours = [[255, 0, 0], [0, 0, 255], [0, 255, 0], [255, 0, 255]];
        let lit = |rgb: [u8; 3], _| std::array::from_fn(|c| SKIN[c] + 0.04 * f32::from(rgb[c]));
        assert!(reflection(&filmed(&colours, lit)).expect("four colours") > 0.8);
        assert_eq!(
            reflection(&filmed(&colours, |_, _| SKIN)),
            Some(0.0),
            "nothing changes"
        );
        let another_order = |_, i: usize| lit(colours[(i + 1) % 4], i);
        assert!(reflection(&filmed(&colours, another_order)).expect("four colours") < 0.5);
    }

    #[test]
    fn exposure_alone_is_no_reflection() {
        let colours = [[255, 0, 0], [0, 0, 255], [0, 255, 0]];
        let brighter = |_, i: usize| SKIN.map(|c| c * if i == 0 { 1.2 } else { 0.9 });
        assert!(
            reflection(&filmed(&colours, brighter))
                .expect("three colours")
                .abs()
                < 0.1
        );
    }

    #[test]
    fn one_colour_says_nothing() {
        assert_eq!(reflection(&filmed(&[[255, 0, 0]], |_, _| SKIN)), None);
    }

    proptest! {
        #[test]
        fn colours_always_change(seed: [u8; 32], count in 0_u8..10) {
            let picked = pick(count, &mut StdRng::from_seed(seed));
            prop_assert_eq!(picked.len(), usize::from(count));
            prop_assert!(picked.windows(2).all(|pair| pair[0] != pair[1]));
        }
    }
}
