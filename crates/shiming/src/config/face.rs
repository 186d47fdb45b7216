//! From settings to the face engine's options.

use std::{
    env::consts,
    path::{Path, PathBuf},
};

use shiming_face::{EngineOptions, Measured, Rating, Thresholds};

use super::FaceSection;

impl FaceSection {
    /// The engine's own options; `cores` workers where the setting leaves their number open.
    #[must_use]
    pub fn engine_options(&self, cores: usize) -> EngineOptions {
        EngineOptions {
            intra_threads: self.threads,
            workers: if self.workers == 0 {
                cores
            } else {
                self.workers
            },
            max_image_bytes: self.max_image_bytes,
            thresholds: self.thresholds(),
            ..EngineOptions::new(self.models.clone(), self.runtime_library())
        }
    }

    /// The runtime that is set, else the first that is found, else where `./x setup` puts it.
    #[must_use]
    pub fn runtime_library(&self) -> PathBuf {
        let name = format!(
            "runtime/{}onnxruntime{}",
            consts::DLL_PREFIX,
            consts::DLL_SUFFIX
        );
        let places = self
            .models
            .iter()
            .flat_map(|folder| [folder.join(&name), folder.join("..").join(&name)]);
        let found = places.into_iter().find(|place| place.is_file());
        self.runtime_library
            .clone()
            .or(found)
            .unwrap_or_else(|| Path::new("models").join(name))
    }

    fn thresholds(&self) -> Option<Thresholds> {
        let measured = self.measured();
        let provenance = match &measured {
            None => "set by this server's operator without a measurement".to_owned(),
            Some(m) => format!(
                "measured by this server's operator on {}: {:.1e} of {} impostor pairs, at most {:.1e} with 95 % confidence",
                m.set, m.false_match_rate, m.impostor_pairs, m.upper_bound
            ),
        };
        Some(Thresholds {
            accept: self.accept?,
            review: self.review?,
            continuity: self.continuity?,
            in_motion: self.in_motion?,
            rating: measured.as_ref().map_or(Rating::Unrated, Measured::rating),
            measured,
            provenance,
        })
    }

    fn measured(&self) -> Option<Measured> {
        Some(Measured {
            set: self.measured_on.clone()?,
            impostor_pairs: self.impostor_pairs?,
            false_match_rate: self.false_match_rate?,
            upper_bound: self.false_match_bound?,
        })
    }

    pub(super) fn thresholds_fit(&self) -> Result<(), &'static str> {
        let figures = [
            self.measured_on.is_some(),
            self.impostor_pairs.is_some(),
            self.false_match_rate.is_some(),
            self.false_match_bound.is_some(),
        ];
        if figures.contains(&true) && (figures.contains(&false) || self.accept.is_none()) {
            return Err(
                "face.measured_on, impostor_pairs, false_match_rate and false_match_bound are set together, and with face.accept",
            );
        }
        match (self.accept, self.review, self.continuity, self.in_motion) {
            (None, None, None, None) => Ok(()),
            (Some(accept), Some(review), Some(_), Some(_)) if review <= accept => Ok(()),
            (Some(_), Some(_), Some(_), Some(_)) => {
                Err("face.review has to be at most face.accept")
            }
            _ => Err(
                "face.accept, face.review, face.continuity and face.in_motion are set together or not at all",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use confique::{Config as _, Layer as _};

    use super::{FaceSection, Path, Rating, consts};

    type Layer = <FaceSection as confique::Config>::Layer;

    fn with(
        accept: Option<f32>,
        review: Option<f32>,
        continuity: Option<f32>,
    ) -> Option<FaceSection> {
        let set = Layer {
            accept,
            review,
            continuity,
            in_motion: continuity,
            ..Layer::empty()
        };
        FaceSection::from_layer(set.with_fallback(Layer::default_values())).ok()
    }

    #[test]
    fn thresholds_are_set_together_and_in_order() {
        assert!(
            with(None, None, None)
                .expect("fine")
                .engine_options(2)
                .thresholds
                .is_none()
        );
        let set = with(Some(0.5), Some(0.4), Some(0.4))
            .expect("fine")
            .engine_options(2)
            .thresholds;
        assert_eq!(
            set.map(|thresholds| (thresholds.accept, thresholds.review, thresholds.rating)),
            Some((0.5, 0.4, Rating::Unrated))
        );
        assert!(with(Some(0.5), None, None).is_none());
        assert!(with(Some(0.4), Some(0.5), Some(0.4)).is_none());
    }

    #[test]
    fn thresholds_carry_what_they_were_measured_on() {
        let measured = |pairs| {
            let set = Layer {
                accept: Some(0.5),
                review: Some(0.4),
                continuity: Some(0.4),
                in_motion: Some(0.2),
                measured_on: Some("our staff, 2026".to_owned()),
                impostor_pairs: pairs,
                false_match_rate: Some(1e-4),
                false_match_bound: Some(1.6e-4),
                ..Layer::empty()
            };
            FaceSection::from_layer(set.with_fallback(Layer::default_values())).ok()
        };
        let thresholds =
            |pairs| measured(Some(pairs)).and_then(|face| face.engine_options(1).thresholds);
        let rated = thresholds(40_000).expect("set");
        assert_eq!(rated.rating, Rating::Rated);
        assert!(
            rated.provenance.contains("our staff, 2026"),
            "{}",
            rated.provenance
        );
        assert_eq!(thresholds(20_000).expect("set").rating, Rating::Unrated);
        assert!(measured(None).is_none(), "half of the figures is none");
    }

    #[test]
    fn an_open_number_of_workers_is_that_of_the_cores() {
        let mut face = with(None, None, None).expect("fine");
        assert_eq!(face.engine_options(8).workers, 8);
        face.workers = 3;
        assert_eq!(face.engine_options(8).workers, 3);
    }

    #[test]
    fn the_runtime_is_found_in_or_beside_the_models() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let runtime = folder.path().join("runtime");
        std::fs::create_dir(&runtime).expect("created");
        std::fs::create_dir(folder.path().join("default")).expect("created");
        let library = runtime.join(format!(
            "{}onnxruntime{}",
            consts::DLL_PREFIX,
            consts::DLL_SUFFIX
        ));
        std::fs::write(&library, "").expect("written");
        let found = |models: &Path| {
            let mut face = with(None, None, None).expect("fine");
            face.models = vec!["nowhere".into(), models.to_owned()];
            face.runtime_library().canonicalize().ok()
        };
        let expected = library.canonicalize().ok();
        assert_eq!(found(folder.path()), expected);
        assert_eq!(found(&folder.path().join("default")), expected);
        assert_eq!(found(&runtime.join("elsewhere")), None);
    }
}
