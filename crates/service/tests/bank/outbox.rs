//! Handing over: once, and never on a guess.

use chrono::Duration;
use shiming_service::step::Step;
use shiming_verification::bank::TransferStatus;

use crate::support::{FolderBank, Manner, World, case_id, transfer_id};

async fn planned(folder: &tempfile::TempDir, manner: Manner) -> World {
    let world = World::new(folder).await;
    world.channel.behave(manner);
    world.at_the_bank(1).await;
    world.confirm(1).await;
    world
}

#[tokio::test]
async fn a_confirmed_transfer_reaches_the_bank_once() {
    let folder = tempfile::tempdir().unwrap();
    let world = planned(&folder, Manner::Honest).await;
    assert_eq!(world.status(1).await, TransferStatus::Planned);
    for _ in 0..3 {
        world.desk().hand_over(transfer_id(1)).await.unwrap();
    }
    assert_eq!(world.status(1).await, TransferStatus::Sent);
    assert_eq!(world.channel.calls(), 1);
    assert_eq!(FolderBank::reached(folder.path()).len(), 1);
}

#[tokio::test]
async fn a_closed_bank_is_asked_again() {
    let folder = tempfile::tempdir().unwrap();
    let world = planned(&folder, Manner::Closed).await;
    world.desk().hand_over(transfer_id(1)).await.unwrap_err();
    assert_eq!(world.status(1).await, TransferStatus::Planned);
    world.channel.behave(Manner::Honest);
    world.desk().hand_over(transfer_id(1)).await.unwrap();
    assert_eq!(world.status(1).await, TransferStatus::Sent);
}

#[tokio::test]
async fn a_broken_off_call_is_settled_by_asking_what_the_bank_has() {
    let folder = tempfile::tempdir().unwrap();
    let world = planned(&folder, Manner::BreaksOff).await;
    world.desk().hand_over(transfer_id(1)).await.unwrap();
    assert_eq!(world.status(1).await, TransferStatus::Sent);
}

#[tokio::test]
async fn what_nobody_knows_is_never_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let world = planned(&folder, Manner::Forgets).await;
    world.desk().hand_over(transfer_id(1)).await.unwrap();
    assert_eq!(world.status(1).await, TransferStatus::Unknown);
    world.channel.behave(Manner::Honest);
    for _ in 0..3 {
        world.after(Duration::hours(1));
        world.desk().hand_over(transfer_id(1)).await.unwrap();
    }
    assert_eq!(world.status(1).await, TransferStatus::Unknown);
    assert_eq!(world.channel.calls(), 1);
    let outstanding = world.desk().bank_outstanding().await.unwrap();
    assert_eq!(outstanding.transfers.len(), 1, "a person sees it");
}

#[tokio::test]
async fn a_transfer_of_a_case_that_was_given_up_stays_at_home() {
    let folder = tempfile::tempdir().unwrap();
    let world = planned(&folder, Manner::Honest).await;
    world.cases.step(case_id(1), Step::Cancel).await.unwrap();
    world.desk().hand_over(transfer_id(1)).await.unwrap();
    assert_eq!(world.status(1).await, TransferStatus::Failed);
    assert_eq!(world.channel.calls(), 0);
}
