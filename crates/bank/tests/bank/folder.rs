//! The spool on a folder, killed between any two steps.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use shiming_bank::{
    channel::FileChannel,
    report::Reading,
    spool::{Folder, Listed, Place, Spool},
};
use shiming_verification::ports::bank::{BankChannel as _, ChannelError, Handled, Holds};

use crate::support::{debtor, entry, folders, instruction, names, own, spool, statement, unique};

/// A folder whose process is killed after so many steps that change something.
struct Killed {
    folder: Folder,
    left: AtomicUsize,
}

impl Killed {
    fn step(&self) -> io::Result<()> {
        let left = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(1)
            });
        left.map(drop).map_err(|_| io::Error::other("killed"))
    }
}

#[async_trait]
impl Place for Killed {
    async fn make_folder(&self, path: &str) -> io::Result<()> {
        self.folder.make_folder(path).await
    }
    async fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.step()?;
        self.folder.write(path, bytes).await
    }
    async fn read_small(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        self.folder.read_small(path).await
    }
    async fn exists(&self, path: &str) -> io::Result<bool> {
        self.folder.exists(path).await
    }
    async fn rename_new(&self, from: &str, to: &str) -> io::Result<()> {
        self.step()?;
        self.folder.rename_new(from, to).await
    }
    async fn hand_out(&self, from: &str, to: &str) -> io::Result<()> {
        self.step()?;
        self.folder.hand_out(from, to).await?;
        // Done, and killed before it could be told.
        self.step()
    }
    async fn remove(&self, path: &str) -> io::Result<()> {
        self.step()?;
        self.folder.remove(path).await
    }
    async fn list(&self, folder: &str) -> io::Result<Vec<Listed>> {
        self.folder.list(folder).await
    }
    async fn fetch(&self, path: &str) -> io::Result<PathBuf> {
        self.folder.fetch(path).await
    }
    async fn forget(&self, path: &str) -> io::Result<()> {
        self.folder.forget(path).await
    }
}

/// The bank takes every file away, and counts.
fn bank_takes(root: &Path) -> usize {
    let taken = names(&root.join("out"));
    for name in &taken {
        fs::remove_file(root.join("out").join(name)).expect("taken");
    }
    taken.len()
}

#[tokio::test]
async fn a_file_is_given_exactly_once_whenever_its_giver_is_killed() {
    for steps in 0..6 {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        let killed = Killed {
            folder: Folder::new(root),
            left: steps.into(),
        };
        let first = spool(killed);
        first.prepare().await.expect("prepared");
        let told = first.hand_over("a.xml", b"<x/>").await;
        let mut taken = bank_takes(root);
        let again = spool(Folder::new(root));
        let holds = again.holds("a.xml").await.expect("an answer");
        assert_eq!(
            holds == Holds::Yes,
            taken == 1,
            "killed after {steps}: {told:?}"
        );
        if let Err(ChannelError::NotTaken(_)) = told {
            assert_eq!(taken, 0, "killed after {steps}");
        }
        // It is given again whatever was found out, and by a second worker, too.
        again.hand_over("a.xml", b"<x/>").await.expect("given");
        spool(Folder::new(root))
            .hand_over("a.xml", b"<other/>")
            .await
            .expect("given");
        taken += bank_takes(root);
        assert_eq!(taken, 1, "killed after {steps}");
        assert_eq!(again.holds("a.xml").await, Ok(Holds::Yes));
        again.prepare().await.expect("started again");
        assert_eq!(
            names(&root.join("records/sent")),
            ["a.xml.given"],
            "nothing with an amount is left behind"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_workers_give_a_file_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let spools: Vec<_> = (0..8)
        .map(|_| Arc::new(spool(Folder::new(folder.path()))))
        .collect();
    spools[0].prepare().await.expect("prepared");
    for round in 0..10 {
        let name = format!("{round}.xml");
        let mut workers = tokio::task::JoinSet::new();
        for (number, spool) in spools.iter().cloned().enumerate() {
            let (name, bytes) = (name.clone(), number.to_string());
            workers.spawn(async move { spool.hand_over(&name, bytes.as_bytes()).await });
        }
        workers
            .join_all()
            .await
            .into_iter()
            .for_each(|told| told.expect("given"));
        assert_eq!(bank_takes(folder.path()), 1);
    }
    let parts = names(&folder.path().join("records/sent"));
    assert!(
        parts
            .iter()
            .all(|name| !name.contains(".part") && !name.contains(".draft")),
        "nothing with an amount is left behind: {parts:?}"
    );
}

fn channel(root: &Path) -> FileChannel {
    let spool = Spool::new(Arc::new(Folder::new(root)), folders(), unique);
    let reading = Reading {
        account: own(),
        csv: None,
    };
    FileChannel::new(spool, debtor(), "示例银行".to_owned(), reading)
}

#[tokio::test]
async fn an_instruction_is_one_file_under_its_own_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let channel = channel(folder.path());
    let order = instruction(7);
    assert_eq!(channel.holds(&order.end_to_end).await, Ok(Holds::No));
    channel.hand_over(&order).await.expect("given");
    channel.hand_over(&order).await.expect("given before");
    let name = format!("{}.pain.001.xml", order.end_to_end.as_str());
    assert_eq!(names(&folder.path().join("out")), [name]);
    assert_eq!(channel.holds(&order.end_to_end).await, Ok(Holds::Yes));
}

#[tokio::test]
async fn files_that_are_still_written_are_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let channel = channel(root);
    assert!(channel.incoming().await.expect("looked").is_empty());
    let whole = statement(&entry(r#"<Amt Ccy="CNY">0.37</Amt>"#, "R1"));
    let file = root.join("in/statement.xml");
    fs::write(&file, &whole[..100]).expect("written");
    fs::write(root.join("in/.hidden.xml"), &whole).expect("written");
    fs::write(root.join("in/next.xml.part"), &whole).expect("written");
    assert!(
        channel.incoming().await.expect("looked").is_empty(),
        "seen for the first time"
    );
    fs::write(&file, &whole).expect("written");
    assert!(
        channel.incoming().await.expect("looked").is_empty(),
        "it has grown"
    );
    let found = channel.incoming().await.expect("looked");
    assert_eq!(
        found.iter().map(|report| report.name()).collect::<Vec<_>>(),
        ["statement.xml"]
    );
    assert_eq!(found[0].records().expect("readable").count(), 1);
    assert_eq!(
        found[0].digest(),
        channel.incoming().await.expect("looked")[0].digest(),
        "it stays until it is dealt with"
    );
    channel
        .dealt_with("statement.xml", Handled::Applied)
        .await
        .expect("moved");
    channel
        .dealt_with("statement.xml", Handled::Applied)
        .await
        .expect("moved before");
    assert_eq!(names(&root.join("records/done")), ["statement.xml"]);
    assert!(channel.incoming().await.expect("looked").is_empty());
}

#[tokio::test]
async fn a_file_that_can_not_be_read_lies_beside_the_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let channel = channel(root);
    channel.incoming().await.expect("looked");
    for round in 0..2 {
        fs::write(root.join("in/bad.xml"), format!("PK garbage {round}")).expect("written");
        channel.incoming().await.expect("looked");
        let found = channel.incoming().await.expect("looked");
        let error = found[0].records().err().expect("no statement");
        assert!(error.what.contains("Excel"), "{error}");
        channel
            .dealt_with("bad.xml", Handled::Refused(error.to_string()))
            .await
            .expect("moved");
    }
    let failed = names(&root.join("records/failed"));
    assert_eq!(
        failed.len(),
        3,
        "the second of the same name has another one: {failed:?}"
    );
    let report =
        fs::read_to_string(root.join("records/failed/bad.xml.report.txt")).expect("a report");
    assert!(report.contains("Excel"), "{report}");
}

/// What the desk does with a file that comes.
async fn read_and_deal(channel: &FileChannel) -> Option<Result<usize, String>> {
    let report = channel.incoming().await.expect("looked").pop()?;
    let read: Result<Vec<_>, _> = report.records().and_then(Iterator::collect);
    let how = match &read {
        Ok(_) => Handled::Applied,
        Err(error) if error.unfinished => Handled::Unfinished(error.to_string()),
        Err(error) => Handled::Refused(error.to_string()),
    };
    channel
        .dealt_with(report.name(), how)
        .await
        .expect("dealt with");
    Some(
        read.map(|records| records.len())
            .map_err(|error| error.to_string()),
    )
}

#[tokio::test]
async fn a_file_whose_writer_is_slow_is_read_when_it_is_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let channel = channel(folder.path());
    channel.incoming().await.expect("looked");
    let whole = statement(&entry(r#"<Amt Ccy="CNY">0.37</Amt>"#, "R1"));
    let mut file = fs::File::create(folder.path().join("in/slow.xml")).expect("made");
    for (written, rest) in [(0, 50), (50, 300), (300, 420)] {
        file.write_all(&whole.as_bytes()[written..rest])
            .expect("written");
        if written == 0 {
            assert!(channel.incoming().await.expect("looked").is_empty());
        }
        let told = read_and_deal(&channel).await.expect("it is claimed");
        assert!(told.is_err(), "{told:?}");
        assert_eq!(read_and_deal(&channel).await, None, "nothing new to read");
    }
    file.write_all(&whole.as_bytes()[420..]).expect("written");
    assert_eq!(read_and_deal(&channel).await, Some(Ok(1)));
    assert_eq!(names(&folder.path().join("records/done")), ["slow.xml"]);
}

#[tokio::test]
async fn a_file_that_was_cut_off_is_refused_in_the_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let channel = channel(folder.path());
    channel.incoming().await.expect("looked");
    let whole = statement(&entry(r#"<Amt Ccy="CNY">0.37</Amt>"#, "R1"));
    fs::write(folder.path().join("in/cut.xml"), &whole[..300]).expect("written");
    let mut told = 0;
    for _ in 0..310 {
        told += usize::from(read_and_deal(&channel).await.is_some());
    }
    assert_eq!(told, 2, "when it came and when it is given up");
    let failed = names(&folder.path().join("records/failed"));
    assert_eq!(failed, ["cut.xml", "cut.xml.report.txt"]);
}
