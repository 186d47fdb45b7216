//! Who carries messages to people: a bag that is looked into, and a policy that lets them leave.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use shiming_service::notifications::{NotificationParts, Post};
use shiming_storage::Storage;
use shiming_verification::{
    notification::Ways,
    policy::Policy,
    ports::notifications::{Letter, Messenger, SendError},
};

/// What has left, and how the next one fares.
#[derive(Clone, Default)]
pub struct PostBag {
    letters: Arc<Mutex<Vec<Letter>>>,
    trouble: Arc<Mutex<Option<SendError>>>,
}

#[async_trait]
impl Messenger for PostBag {
    async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        if let Some(trouble) = self.trouble.lock().unwrap().clone() {
            return Err(trouble);
        }
        self.letters.lock().unwrap().push(letter.clone());
        Ok(())
    }
}

impl PostBag {
    pub fn parts(&self, store: Arc<dyn Storage>) -> NotificationParts {
        NotificationParts {
            store,
            post: Some(Post {
                messenger: Arc::new(self.clone()),
                phone_origin: "https://kyb.example".to_owned(),
                portal_origin: "https://kyb.example".to_owned(),
            }),
        }
    }

    /// Everything that has left so far.
    pub fn letters(&self) -> Vec<Letter> {
        self.letters.lock().unwrap().clone()
    }

    /// From now on every message meets with this.
    pub fn meets(&self, trouble: Option<SendError>) {
        *self.trouble.lock().unwrap() = trouble;
    }
}

/// The usual limits, on a server that sends mail and SMS, the demonstration's too.
pub fn sending() -> Policy {
    let mut policy = Policy::default();
    policy.notification.ways = Ways {
        mail: true,
        sms: true,
        demo: true,
    };
    policy
}
