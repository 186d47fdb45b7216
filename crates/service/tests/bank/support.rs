//! A store, a clock, a bank in a folder, and an enterprise that wants its account verified.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use chrono::{DateTime, Duration, NaiveDate, TimeZone, Utc};
use shiming_identifiers::{Cnaps, EnterpriseName, IdNumber, PersonName, Uscc};
use shiming_service::{
    bank::{BankDesk, BankParts, Stored},
    cases::Cases,
    edge::Clock,
    step::Step,
};
use shiming_storage::{Settings, Storage, migrate, open};
use shiming_vault::{KeyRing, MasterKey, OsEntropy};
use shiming_verification::{
    bank::{AccountNumber, BankDetails, Branch, EndToEndId, Fen, PaymentReference, TransferStatus},
    case::{Case, Digest, Opening},
    change::Change,
    claim::Claim,
    credential::Credential,
    fact::{RegistryAnswer, Tallies},
    ids::{CaseId, PlatformId, TransferId},
    policy::Policy,
    ports::{
        CommitError, Ledger, LedgerError, Platform,
        bank::{
            BankChannel, ChannelError, Direction, Entry, Handled, Holds, Instruction, OwnAccount,
            Record, Records, Report, ReportError, StoredTransfer,
        },
    },
    words::{Account, BankDirection, Method, Realm, SubjectType},
};
use uuid::Uuid;

pub const ACCOUNT: &str = "35000000000000002";
pub const NAME: &str = "示例科技有限公司";

/// Called before everything that leaves a trace; the place where a test kills the process.
pub type Hook = Arc<dyn Fn() + Send + Sync>;

/// A clock that stands still, and tells of every look at it: each commit looks at the clock first.
struct StillClock {
    now: Mutex<DateTime<Utc>>,
    looked_at: Hook,
}

impl Clock for StillClock {
    fn now(&self) -> DateTime<Utc> {
        (self.looked_at)();
        *self.now.lock().unwrap()
    }

    fn steady_ms(&self) -> u64 {
        0
    }
}

/// What the bank's folder is to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Takes and knows what it has.
    Honest,
    /// Breaks off after it has taken.
    BreaksOff,
    /// Breaks off after it has taken, and can't say afterwards.
    Forgets,
    /// Takes nothing.
    Closed,
}

/// A bank that keeps each instruction as a file under its end-to-end id, and a line for each that reached it.
pub struct FolderBank {
    folder: PathBuf,
    manner: Mutex<Manner>,
    step: Hook,
    calls: AtomicU64,
}

impl FolderBank {
    fn new(folder: &Path, step: Hook) -> Self {
        std::fs::create_dir_all(folder.join("out")).unwrap();
        Self {
            folder: folder.to_owned(),
            manner: Mutex::new(Manner::Honest),
            step,
            calls: AtomicU64::new(0),
        }
    }

    pub fn behave(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    fn file(&self, id: &EndToEndId) -> PathBuf {
        self.folder.join("out").join(id.as_str())
    }

    /// The end-to-end ids of everything that has ever reached the bank, one for each time.
    pub fn reached(folder: &Path) -> Vec<String> {
        let log = std::fs::read_to_string(folder.join("reached")).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }
}

#[async_trait]
impl BankChannel for FolderBank {
    async fn hand_over(&self, instruction: &Instruction) -> Result<(), ChannelError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let manner = *self.manner.lock().unwrap();
        if manner == Manner::Closed {
            return Err(ChannelError::NotTaken("closed".to_owned()));
        }
        let file = self.file(&instruction.end_to_end);
        if file.exists() {
            return Ok(());
        }
        (self.step)();
        let temporary = self.folder.join("out.part");
        std::fs::write(&temporary, instruction.amount.expose_yuan()).unwrap();
        (self.step)();
        std::fs::rename(&temporary, &file).unwrap();
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.join("reached"));
        std::io::Write::write_all(
            &mut log.unwrap(),
            format!("{}\n", instruction.end_to_end.as_str()).as_bytes(),
        )
        .unwrap();
        (self.step)();
        match manner {
            Manner::Honest => Ok(()),
            _ => Err(ChannelError::Unclear("no answer".to_owned())),
        }
    }

    fn report_of(&self, _file: &Path, _name: &str) -> Box<dyn Report> {
        unreachable!("no story here brings a file")
    }

    async fn holds(&self, id: &EndToEndId) -> Result<Holds, ChannelError> {
        (self.step)();
        Ok(match *self.manner.lock().unwrap() {
            Manner::Forgets => Holds::Unknown,
            _ if self.file(id).exists() => Holds::Yes,
            _ => Holds::No,
        })
    }

    async fn incoming(&self) -> Result<Vec<Box<dyn Report>>, ChannelError> {
        Ok(Vec::new())
    }

    async fn dealt_with(&self, _name: &str, _how: Handled) -> Result<(), ChannelError> {
        Ok(())
    }

    fn own_account(&self) -> OwnAccount {
        OwnAccount {
            name: "示例平台有限公司".to_owned(),
            number: AccountNumber::parse("11000000000000001").unwrap(),
            bank: "示例银行示例支行".to_owned(),
        }
    }
}

/// A file of the bank, in memory; may break in the middle.
pub struct TestReport {
    pub name: &'static str,
    pub records: Vec<Record>,
    pub breaks: bool,
}

impl Report for TestReport {
    fn name(&self) -> &str {
        self.name
    }

    fn digest(&self) -> Result<[u8; 32], ReportError> {
        let mut digest = [0; 32];
        let name = self.name.as_bytes();
        digest[..name.len()].copy_from_slice(name);
        Ok(digest)
    }

    fn records(&self) -> Result<Records, ReportError> {
        let broken = self
            .breaks
            .then(|| Err(ReportError::new("line 7", "no amount")));
        let records: Vec<_> = self.records.iter().cloned().map(Ok).chain(broken).collect();
        Ok(Box::new(records.into_iter()))
    }
}

pub struct World {
    pub cases: Cases,
    pub bank: BankParts,
    pub channel: Arc<FolderBank>,
    pub storage: Arc<dyn Storage>,
    pub step: Hook,
    pub folder: PathBuf,
    clock: Arc<StillClock>,
}

/// A ledger whose every commit is followed by a moment at which a test may kill the process.
struct Watched {
    storage: Arc<dyn Storage>,
    step: Hook,
}

#[async_trait]
impl Ledger for Watched {
    async fn load(&self, id: CaseId) -> Result<Option<Case>, LedgerError> {
        self.storage.load(id).await
    }

    async fn find_by_token(&self, token: Digest) -> Result<Option<Case>, LedgerError> {
        self.storage.find_by_token(token).await
    }

    async fn find_by_phone(&self, phone: Digest) -> Result<Option<Case>, LedgerError> {
        self.storage.find_by_phone(phone).await
    }

    async fn commit(&self, change: &Change) -> Result<(), CommitError> {
        let done = self.storage.commit(change).await;
        (self.step)();
        done
    }

    async fn tallies(
        &self,
        account: &Account,
        claim: Option<&Claim>,
        realm: Realm,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Tallies, LedgerError> {
        self.storage
            .tallies(account, claim, realm, since, now)
            .await
    }

    async fn credential(
        &self,
        platform: PlatformId,
        account_id: &str,
    ) -> Result<Option<Credential>, LedgerError> {
        self.storage.credential(platform, account_id).await
    }
}

pub fn platform_id() -> PlatformId {
    PlatformId::new(Uuid::from_u128(1))
}

/// The n-th case, about to be opened.
pub fn opening(policy: &Policy, n: u64) -> Change {
    let opening = Opening {
        id: case_id(n),
        account: Account::new(platform_id(), &format!("account-{n}"), None).unwrap(),
        realm: Realm::Live,
        return_url: None,
        renews: None,
        terms: shiming_verification::case::Terms::default(),
    };
    Case::opening(opening, policy, start())
}

/// The enterprise's account.
pub fn details() -> BankDetails {
    BankDetails {
        account_name: EnterpriseName::parse(NAME).unwrap(),
        account_number: AccountNumber::parse(ACCOUNT).unwrap(),
        branch: Branch {
            cnaps: Cnaps::parse("105100000017").unwrap(),
            bank: "示例银行".to_owned(),
            name: "示例银行示例支行".to_owned(),
            province: "北京市".to_owned(),
            city: "北京市".to_owned(),
        },
    }
}

pub fn start() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 2, 3, 4, 5).unwrap()
}

pub fn claim() -> Claim {
    Claim {
        subject: SubjectType::Enterprise,
        enterprise_name: EnterpriseName::parse(NAME).unwrap(),
        uscc: Uscc::parse("91350100M000100Y43").unwrap(),
        legal_representative: PersonName::parse("张三").unwrap(),
        id_number: IdNumber::from_parts("110101", NaiveDate::from_ymd_opt(1990, 3, 7).unwrap(), 31)
            .unwrap(),
    }
}

pub fn case_id(n: u64) -> CaseId {
    CaseId::new(Uuid::from_u128(7000 + u128::from(n)))
}

pub fn transfer_id(n: u64) -> TransferId {
    TransferId::new(Uuid::from_u128(9000 + u128::from(n)))
}

impl World {
    pub async fn in_folder(folder: &Path, step: Hook) -> Self {
        let url = format!("sqlite:{}", folder.join("shiming.db").display());
        Self::at(&url, folder, step).await
    }

    /// On this database, with everything else in a folder.
    pub async fn at(url: &str, folder: &Path, step: Hook) -> Self {
        let objects = folder.join("objects");
        std::fs::create_dir_all(&objects).unwrap();
        let objects = object_store::local::LocalFileSystem::new_with_prefix(objects).unwrap();
        let settings = Settings {
            url: url.to_owned(),
            objects: Arc::new(objects),
            keys: KeyRing::new(MasterKey::from_bytes([7; 32])),
            entropy: Arc::new(OsEntropy),
        };
        migrate(&settings.url).await.unwrap();
        let storage = open(&settings).await.unwrap();
        let clock = Arc::new(StillClock {
            now: Mutex::new(start()),
            looked_at: step.clone(),
        });
        let channel = Arc::new(FolderBank::new(folder, step.clone()));
        let platform = platform_id();
        if storage.platform(platform).await.unwrap().is_none() {
            let platform = Platform {
                id: platform,
                name: "示例平台".to_owned(),
                realm: Realm::Live,
            };
            storage.add_platform(&platform, start()).await.unwrap();
        }
        Self {
            cases: Cases {
                ledger: Arc::new(Watched {
                    storage: storage.clone(),
                    step: step.clone(),
                }),
                policy: Policy::default(),
                tokens: storage.token_key().clone(),
                clock: clock.clone(),
                board: Arc::default(),
            },
            bank: BankParts {
                channel: Some(channel.clone()),
                sandbox: false,
                branches: storage.clone(),
                transfers: storage.clone(),
                audit: storage.clone(),
                entropy: Arc::new(OsEntropy),
            },
            channel,
            storage,
            step,
            folder: folder.to_owned(),
            clock,
        }
    }

    pub async fn new(folder: &tempfile::TempDir) -> Self {
        Self::in_folder(folder.path(), Arc::new(|| ())).await
    }

    pub fn desk(&self) -> BankDesk<'_> {
        BankDesk {
            cases: &self.cases,
            bank: &self.bank,
        }
    }

    pub fn after(&self, time: Duration) {
        *self.clock.now.lock().unwrap() += time;
    }

    /// A case with checked elements and an account, about to be confirmed.
    pub async fn at_the_bank(&self, n: u64) {
        let change = opening(&self.cases.policy, n);
        self.storage.commit(&change).await.unwrap();
        for step in [
            Step::Choose(SubjectType::Enterprise, Method::Bank),
            Step::Submit(
                Box::new(claim()),
                shiming_verification::risk::Signals::default(),
            ),
            Step::RegistryAnswer(RegistryAnswer::Match),
            Step::BankDetails(Box::new(details())),
        ] {
            self.cases.step(case_id(n), step).await.unwrap();
        }
    }

    pub async fn confirm(&self, n: u64) {
        let step = Step::ConfirmTransfer {
            transfer: transfer_id(n),
            amount: Fen::new(37),
            reference: PaymentReference::from_number(n),
        };
        self.cases.step(case_id(n), step).await.unwrap();
    }

    /// A case whose transfer has been given to the bank.
    pub async fn sent(&self, n: u64) {
        self.at_the_bank(n).await;
        self.confirm(n).await;
        self.desk().hand_over(transfer_id(n)).await.unwrap();
    }

    /// A case whose enterprise is to pay.
    pub async fn awaiting_payment(folder: &tempfile::TempDir) -> Self {
        let mut world = Self::new(folder).await;
        world.cases.policy.bank_direction = BankDirection::Reverse;
        world.at_the_bank(1).await;
        world.confirm(1).await;
        world
    }

    pub async fn transfer(&self, n: u64) -> StoredTransfer {
        let found = self.storage.transfer(transfer_id(n)).await.unwrap();
        found.expect("planned")
    }

    pub async fn status(&self, n: u64) -> TransferStatus {
        self.transfer(n).await.status
    }

    pub async fn state(&self, n: u64) -> &'static str {
        self.cases.get(case_id(n)).await.unwrap().state.name()
    }

    pub async fn store(&self, name: &'static str, records: Vec<Record>) -> Stored {
        let report = TestReport {
            name,
            records,
            breaks: false,
        };
        self.desk().store_report(Arc::new(report)).await.unwrap()
    }
}

/// An entry of our account about the n-th transfer.
pub fn booking(id: &str, n: u64, fen: u64) -> Entry {
    Entry {
        id: id.to_owned(),
        direction: Direction::Debit,
        amount: Fen::new(fen),
        booked_at: start(),
        counterparty: Some(NAME.to_owned()),
        counterparty_account: Some(ACCOUNT.to_owned()),
        end_to_end: Some(EndToEndId::of(transfer_id(n)).as_str().to_owned()),
        remittance: None,
        returned: None,
    }
}

/// A payment to us.
pub fn payment(id: &str, text: &str) -> Entry {
    Entry {
        direction: Direction::Credit,
        amount: Fen::new(1),
        end_to_end: None,
        remittance: Some(text.to_owned()),
        ..booking(id, 0, 1)
    }
}
