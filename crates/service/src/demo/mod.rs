//! The demonstration: a platform of its own realm with synthetic companies, where a visitor enrols a photo as the legal
//! representative of an invented company. Nothing here touches the live realm.

mod companies;

use shiming_face::Hint;
use shiming_identifiers::{EnterpriseName, PersonName};
use shiming_verification::{
    claim::FieldError,
    code::{Code, Notice, Refusal},
    ids::PlatformId,
    ports::{Platform, RegistryEntry},
    words::{Account, Realm},
};
use uuid::Uuid;

pub use companies::seeded;

use crate::{Services, edge::random, error::ServiceError, portal::Opened};

/// The demo platform's fixed id.
const DEMO_PLATFORM: PlatformId = PlatformId::new(Uuid::from_u128(0xde30));

impl Services {
    /// Makes sure that the demo platform and its companies are there.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn seed_demo(&self) -> Result<(), ServiceError> {
        let now = self.clock.now();
        if self.access.platform(DEMO_PLATFORM).await?.is_none() {
            let name = "示例云 Demo Cloud".to_owned();
            let platform = Platform {
                id: DEMO_PLATFORM,
                name,
                realm: Realm::Demo,
            };
            let added = self.access.add_platform(&platform, now).await;
            // Another node that starts at the same moment may have been first.
            if added.is_err() && self.access.platform(DEMO_PLATFORM).await?.is_none() {
                added?;
            }
        }
        for company in seeded() {
            self.registry_table
                .put_enterprise(&company, Realm::Demo, now)
                .await?;
        }
        Ok(())
    }

    /// Makes a visitor the legal representative of a new invented company, with the photo as reference.
    ///
    /// # Errors
    /// `Fields` for a wrong name; `Refused` with what is wrong with the photo; `Unavailable`.
    pub async fn enrol_visitor(
        &self,
        photo: Vec<u8>,
        person: &str,
        enterprise: Option<&str>,
    ) -> Result<RegistryEntry, ServiceError> {
        let person = PersonName::parse(person)
            .map_err(|error| wrong("legal_representative", error.reason()))?;
        let enterprise = enterprise
            .filter(|name| !name.trim().is_empty())
            .map(EnterpriseName::parse)
            .transpose()
            .map_err(|error| wrong("enterprise_name", error.reason()))?;
        let photo = self.usable(photo).await?;
        let number = u64::from_be_bytes(random(&*self.entropy)?);
        let company = companies::invented(person, enterprise, number)
            .ok_or_else(|| ServiceError::Unavailable("no company could be invented".to_owned()))?;
        let now = self.clock.now();
        self.registry_table
            .put_enterprise(&company, Realm::Demo, now)
            .await?;
        self.photos
            .put_photo(&company.claim.id_number, Realm::Demo, &photo, now)
            .await?;
        Ok(company)
    }

    /// The photo, if the engine can use it as a reference.
    async fn usable(&self, photo: Vec<u8>) -> Result<Vec<u8>, ServiceError> {
        let looked = self.faces.run(move |engine| {
            let looked = engine.inspect(&photo).map(|seen| {
                let usable = engine.enrol(&photo).is_ok();
                (seen.faces.len(), seen.hint, usable)
            });
            (photo, looked)
        });
        let (photo, looked) = looked.await?;
        let code = match looked {
            Ok((_, _, true)) => return Ok(photo),
            Ok((0, ..)) => Code::FaceNotFound,
            Ok((2.., ..)) => Code::MultipleFaces,
            Ok((_, Some(Hint::LightTooDark), _)) => Code::LightTooDark,
            Ok((_, Some(Hint::LightTooStrong), _)) => Code::LightTooStrong,
            Ok(_) | Err(_) => Code::DocumentUnreadable,
        };
        Err(Refusal::Ruled(Notice::free(code, self.clock.now())).into())
    }

    /// Opens a verification for a fresh account of the demo platform.
    ///
    /// # Errors
    /// `NotFound` if the demonstration was not seeded; `Unavailable`.
    pub async fn open_demo(&self, account_name: Option<&str>) -> Result<Opened, ServiceError> {
        let found = self.access.platform(DEMO_PLATFORM).await?;
        let platform = found.ok_or(ServiceError::NotFound)?;
        let id = format!(
            "visitor-{:08x}",
            u32::from_be_bytes(random(&*self.entropy)?)
        );
        let name = account_name.filter(|name| !name.trim().is_empty());
        let account = Account::new(platform.id, &id, name.or(Some(&id)))
            .map_err(|_| wrong("account_name", "length"))?;
        self.open(&platform, account, Some("/demo".to_owned()))
            .await
    }
}

fn wrong(field: &'static str, reason: &'static str) -> ServiceError {
    ServiceError::Fields(vec![FieldError {
        field,
        code: Code::InvalidInput,
        reason,
    }])
}
