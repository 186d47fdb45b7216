//! From settings to the face engine's options.

use std::{
    env::consts,
    path::{Path, PathBuf},
};

use shiming_face::{EngineOptions, Rating, Thresholds};

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
        Some(Thresholds {
            accept: self.accept?,
            review: self.review?,
            continuity: self.continuity?,
            rating: Rating::Unrated,
            provenance: "set by this server's operator".to_owned(),
        })
    }

    pub(super) fn thresholds_fit(&self) -> Result<(), &'static str> {
        match (self.accept, self.review, self.continuity) {
            (None, None, None) => Ok(()),
            (Some(accept), Some(review), Some(_)) if review <= accept => Ok(()),
            (Some(_), Some(_), Some(_)) => Err("face.review has to be at most face.accept"),
            _ => Err("face.accept, face.review and face.continuity are set together or not at all"),
        }
    }
}

#[cfg(test)]
mod tests {
    use confique::{Config as _, Layer as _};

    use super::{FaceSection, Path, consts};

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
            set.map(|thresholds| (thresholds.accept, thresholds.review)),
            Some((0.5, 0.4))
        );
        assert!(with(Some(0.5), None, None).is_none());
        assert!(with(Some(0.4), Some(0.5), Some(0.4)).is_none());
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
