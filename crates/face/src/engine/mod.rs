//! The engine: one object, usable from many threads, that runs the stages.

mod error;
mod options;
mod pool;
mod results;
mod worker;

pub use error::{EngineError, EnrolError};
pub use options::{EngineInfo, EngineOptions};
pub use results::{Comparison, FaceDecision, InspectedFace, Inspection, Reference};

use crate::compare::Thresholds;
use crate::decode::{DecodeError, decode};
use crate::embed::Embedding;
use crate::models::{ModelSet, ModelSetName, Runtime};
use crate::picture::Picture;
use crate::report::{FrameReport, Want};
use crate::track::Track;
use pool::Pool;
use worker::{FoundFace, Worker};

/// The engine. Share it behind an `Arc`; a call blocks while all workers are busy, so give it as many workers as the
/// caller's bounded pool has threads.
pub struct Engine {
    info: EngineInfo,
    options: EngineOptions,
    embedding_sha256: String,
    pool: Pool<Worker>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("info", &self.info)
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// Loads the runtime and the best complete model set, verifying every file's hash.
    pub fn load(options: &EngineOptions) -> Result<Engine, EngineError> {
        let set = ModelSet::find(&options.model_dirs)?;
        let runtime = Runtime::load(&options.runtime_library, options.intra_threads.max(1))?;
        let workers = (0..options.workers.max(1)).map(|_| Ok(Worker::new(set.load(&runtime)?)));
        let info = EngineInfo {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            runtime: runtime.version.clone(),
            set: set.name,
            models: set.infos(),
            demo_grade: set.name == ModelSetName::Default,
            passive_pad: set.has_pad(),
            thresholds: options
                .thresholds
                .clone()
                .unwrap_or_else(|| Thresholds::of(set.name)),
        };
        Ok(Engine {
            pool: Pool::new(workers.collect::<Result<_, EngineError>>()?),
            embedding_sha256: set.embedding_sha256().to_owned(),
            options: options.clone(),
            info,
        })
    }

    /// What is at work.
    #[must_use]
    pub fn info(&self) -> &EngineInfo {
        &self.info
    }

    /// Everything there is to say about the faces of a picture.
    pub fn inspect(&self, image: &[u8]) -> Result<Inspection, EngineError> {
        let picture = self.decode(image)?;
        let mut worker = self.pool.take();
        let found = worker.faces(&picture)?;
        let count = u32::try_from(found.len()).unwrap_or(u32::MAX);
        let hint = self
            .options
            .frame_quality
            .hint(count, found.first().map(|f| &f.report), 0.0);
        let inspected = found.into_iter().map(|face| {
            let pad = worker.pad(&picture, &face.detection.face_box)?;
            Ok(InspectedFace::new(face, pad))
        });
        let faces = inspected.collect::<Result<_, EngineError>>()?;
        let (width, height) = picture.size();
        Ok(Inspection {
            width,
            height,
            faces,
            hint,
            engine: self.info.clone(),
        })
    }

    /// Prepares an authority's photo for comparison: exactly one face, good enough.
    pub fn enrol(&self, photo: &[u8]) -> Result<Reference, EnrolError> {
        let picture = self.decode(photo)?;
        let mut worker = self.pool.take();
        let faces = worker.faces(&picture)?;
        let [face] = faces.as_slice() else {
            let count = u32::try_from(faces.len()).unwrap_or(u32::MAX);
            return Err(if count == 0 {
                EnrolError::NoFace
            } else {
                EnrolError::SeveralFaces(count)
            });
        };
        if let Some(hint) = self.options.photo_quality.hint(1, Some(&face.report), 0.0) {
            return Err(EnrolError::Quality(hint));
        }
        let embedding = worker
            .embed(&picture, &face.report)?
            .ok_or(EnrolError::NoFace)?;
        Ok(Reference {
            embedding,
            model_sha256: self.embedding_sha256.clone(),
        })
    }

    /// Compares the most prominent faces of two pictures.
    pub fn compare(&self, a: &[u8], b: &[u8]) -> Result<Comparison, EngineError> {
        let similarity = self.embed(a)?.similarity(&self.embed(b)?);
        Ok(Comparison::new(similarity, &self.info))
    }

    /// Embeds the most prominent face of a picture.
    pub fn embed(&self, image: &[u8]) -> Result<Embedding, EngineError> {
        let picture = self.decode(image)?;
        let mut worker = self.pool.take();
        let faces = worker.faces(&picture)?;
        let FoundFace { report, .. } = faces.first().ok_or(EngineError::NoFace)?;
        worker.embed(&picture, report)?.ok_or(EngineError::NoFace)
    }

    /// Embeds the most prominent face of a frame that was kept of a stream. The detector for photos looks only if the
    /// stream's, which takes a quarter of its time, sees nobody.
    pub fn embed_still(&self, frame: &[u8]) -> Result<Embedding, EngineError> {
        let picture = self.decode(frame)?;
        let mut worker = self.pool.take();
        let mut faces = worker.faces_of_frame(&picture)?;
        if faces.is_empty() {
            faces = worker.faces(&picture)?;
        }
        let FoundFace { report, .. } = faces.first().ok_or(EngineError::NoFace)?;
        worker.embed(&picture, report)?.ok_or(EngineError::NoFace)
    }

    /// Measures one frame of a stream; cheap unless more is wanted.
    pub fn analyse_frame(
        &self,
        track: &mut Track,
        frame: &[u8],
        want: Want,
    ) -> Result<FrameReport, EngineError> {
        let picture = self.decode(frame)?;
        self.pool
            .take()
            .frame(track, &picture, want, &self.options.frame_quality)
    }

    /// The final comparison: embeds the stills, averages them, compares with the reference. Stills without a face are
    /// left out; one with a face is needed.
    pub fn judge(
        &self,
        reference: &Reference,
        stills: &[&[u8]],
    ) -> Result<FaceDecision, EngineError> {
        let mut embeddings = Vec::with_capacity(stills.len());
        for still in stills {
            match self.embed_still(still) {
                Ok(embedding) => embeddings.push(embedding),
                Err(EngineError::NoFace) => {}
                Err(other) => return Err(other),
            }
        }
        self.decide(reference, &embeddings)
    }

    /// The end of [`Self::judge`], for a caller who has embedded the stills one by one.
    pub fn decide(
        &self,
        reference: &Reference,
        embeddings: &[Embedding],
    ) -> Result<FaceDecision, EngineError> {
        if reference.model_sha256 != self.embedding_sha256 {
            return Err(EngineError::OtherModel);
        }
        let probe = Embedding::mean(embeddings).ok_or(EngineError::NoFace)?;
        let similarity = probe.similarity(&reference.embedding);
        Ok(FaceDecision::new(similarity, embeddings.len(), &self.info))
    }

    fn decode(&self, image: &[u8]) -> Result<Picture, DecodeError> {
        decode(image, self.options.max_image_bytes)
    }
}
