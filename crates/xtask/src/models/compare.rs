//! Compares converted models with reference conversions of the same networks.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use ort::environment::Environment;
use ort::session::Session;
use ort::value::Tensor;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::DEFAULT_SET;
use super::manifest::{Input, Manifest, ModelFile};

/// Largest difference of an output value that still counts as the same network: absolute up to a
/// value of 1, beyond that in proportion to it. (Scores of hopeless boxes go into the thousands.)
const TOLERANCE: f32 = 1e-3;
/// Images a model is tried on.
const TRIALS: u64 = 8;

/// Prints the largest difference of each output; fails if one is above the tolerance.
pub(super) fn with_reference(manifest: &Manifest, models: &Path, reference: &Path) -> Result<()> {
    let runtime = manifest
        .runtime
        .for_platform(std::env::consts::OS, std::env::consts::ARCH)?;
    let environment = ort::init_from(models.join("runtime").join(&runtime.name))?.build()?;
    let set = manifest
        .sets
        .get(DEFAULT_SET)
        .context("the manifest has no default set")?;
    let mut too_far = Vec::new();
    for file in &set.files {
        let mut own = Model::open(&environment, file, &models.join(DEFAULT_SET))?;
        let mut other = Model::open(&environment, file, reference)?;
        for (output, difference) in differences(file, &mut own, &mut other)? {
            println!("{:<27} {output:<17} {difference:.1e}", file.name);
            if difference.is_nan() || difference > TOLERANCE {
                too_far.push(format!("{output} of {}", file.name));
            }
        }
    }
    ensure!(
        too_far.is_empty(),
        "differ by more than {TOLERANCE}: {}",
        too_far.join(", ")
    );
    Ok(())
}

/// Largest difference of each output over all trials; not a number if any value isn't.
fn differences(file: &ModelFile, own: &mut Model, other: &mut Model) -> Result<Vec<(String, f32)>> {
    let mut largest: Vec<(String, f32)> = file
        .outputs
        .iter()
        .map(|output| (output.name.clone(), 0.0))
        .collect();
    for seed in 0..TRIALS {
        let image = random_image(&file.input, seed);
        let (own, other) = (own.run(&image)?, other.run(&image)?);
        for ((_, largest), (own, other)) in largest.iter_mut().zip(own.iter().zip(&other)) {
            for (a, b) in own.iter().zip(other) {
                *largest = maximum(*largest, difference(*a, *b));
            }
        }
    }
    Ok(largest)
}

fn difference(value: f32, reference: f32) -> f32 {
    (value - reference).abs() / reference.abs().max(1.0)
}

/// Unlike `f32::max`, this keeps a value that is not a number.
fn maximum(a: f32, b: f32) -> f32 {
    if a.is_nan() || a > b { a } else { b }
}

/// Bytes as a camera could give them, normalised as the manifest says: large patches under noise.
fn random_image(input: &Input, seed: u64) -> Vec<f32> {
    let mut random = StdRng::seed_from_u64(seed);
    let [_, channels, height, width] = input.shape;
    let mut image = Vec::with_capacity(channels * height * width);
    for channel in 0..channels {
        let patches: Vec<f32> = (0..64).map(|_| random.random_range(0.0..=223.0)).collect();
        for y in 0..height {
            for x in 0..width {
                let patch = patches[y * 8 / height * 8 + x * 8 / width];
                let byte = (patch + random.random_range(0.0..=32.0_f32)).round();
                image.push((byte - input.mean[channel]) / input.scale[channel]);
            }
        }
    }
    image
}

/// A loaded model, used as its manifest entry says.
struct Model<'a> {
    session: Session,
    file: &'a ModelFile,
}

impl<'a> Model<'a> {
    fn open(environment: &Environment, file: &'a ModelFile, directory: &Path) -> Result<Self> {
        let path = directory.join(&file.name);
        let session = Session::builder(environment)?
            .commit_from_file(&path)
            .with_context(|| format!("cannot load {}", path.display()))?;
        Ok(Self { session, file })
    }

    /// Values of each output, in the manifest's order.
    fn run(&mut self, image: &[f32]) -> Result<Vec<Vec<f32>>> {
        let input = &self.file.input;
        let tensor = Tensor::from_array((input.shape, image.to_vec()))?;
        let results = self
            .session
            .run(ort::inputs![input.name.as_str() => tensor])?;
        let mut values = Vec::new();
        for output in &self.file.outputs {
            let result = results.get(&output.name);
            let result = result
                .with_context(|| format!("no output {} in {}", output.name, self.file.name))?;
            let (shape, data) = result.try_extract_tensor::<f32>()?;
            if **shape != *output.shape {
                bail!(
                    "{} of {} has shape {shape:?}, not {:?}",
                    output.name,
                    self.file.name,
                    output.shape
                );
            }
            values.push(data.to_vec());
        }
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_values_may_differ_in_proportion_and_a_lost_value_is_never_forgotten() {
        for (value, reference, expected) in [(0.5, 0.25, 0.25), (4004.0, 4000.0, 0.001)] {
            assert!((difference(value, reference) - expected).abs() < f32::EPSILON);
        }
        assert!(maximum(1.0, maximum(f32::NAN, 2.0)).is_nan());
        assert!(maximum(maximum(1.0, f32::NAN), 2.0).is_nan());
    }

    #[test]
    fn the_trial_images_stay_in_the_range_of_bytes() {
        let input = Input {
            name: String::new(),
            shape: [1, 3, 16, 16],
            mean: [127.5; 3],
            scale: [127.5; 3],
        };
        let image = random_image(&input, 1);
        assert_eq!(image.len(), 3 * 16 * 16);
        assert!(image.iter().all(|value| (-1.0..=1.0).contains(value)));
        assert_ne!(image, random_image(&input, 2));
    }
}
