//! Lists of branches.

use std::sync::Mutex;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_bank::branches::{Finding, ImportError, Imported, import};
use shiming_identifiers::Cnaps;
use shiming_verification::{
    bank::Branch,
    ports::{
        LedgerError,
        bank::{BranchDirectory, BranchQuery, BranchRegions},
    },
};

use crate::support::at;

/// A directory that remembers.
#[derive(Default)]
struct Remembered(Mutex<Vec<Branch>>);

#[async_trait]
impl BranchDirectory for Remembered {
    async fn branch(&self, _: &Cnaps) -> Result<Option<Branch>, LedgerError> {
        Ok(None)
    }
    async fn find_branches(&self, _: &BranchQuery, _: u32) -> Result<Vec<Branch>, LedgerError> {
        Ok(self.0.lock().expect("held").clone())
    }
    async fn branch_regions(&self) -> Result<BranchRegions, LedgerError> {
        Ok(BranchRegions::default())
    }
    async fn put_branches(
        &self,
        branches: &[Branch],
        _: DateTime<Utc>,
    ) -> Result<(u64, u64), LedgerError> {
        let mut kept = self.0.lock().expect("held");
        let new: Vec<_> = branches
            .iter()
            .filter(|branch| !kept.contains(branch))
            .cloned()
            .collect();
        let count = new.len() as u64;
        kept.extend(new);
        Ok((count, 0))
    }
}

async fn imported(
    list: &[u8],
    directory: &Remembered,
) -> (Result<Imported, ImportError>, Vec<String>) {
    let mut told = Vec::new();
    let mut tell = |finding: &Finding| told.push(finding.to_string());
    let done = import(list, list, directory, at("2026-01-02T00:00:00Z"), &mut tell).await;
    (done, told)
}

const LIST: &str = "联行号,银行名称,网点名称,省份,城市\n\
102100099996,示例一银行,示例一银行北京示例支行,北京市,北京市\n\
105100000018,示例二银行,示例二银行北京示例支行,北京市,北京市\n\
10510000001,示例二银行,少一位,北京市,北京市\n\
\n\
103100000026,,没有银行,北京市,北京市\n\
102100099996,示例一银行,又一次,北京市,北京市\n\
104100000004,示例四银行,\"引号没有结束,北京市,北京市\n\
301290000007,示例五银行,\"示例五银行,上海示例支行\",上海市,上海市\n";

#[tokio::test]
async fn a_list_is_read_line_by_line_in_either_encoding() {
    for list in [
        LIST.as_bytes().to_vec(),
        encoding_rs::GBK.encode(LIST).0.into_owned(),
    ] {
        let directory = Remembered::default();
        let (done, told) = imported(&list, &directory).await;
        let expected = Imported {
            new: 3,
            bad: 4,
            doubtful: 1,
            ..Imported::default()
        };
        assert_eq!(done.expect("read"), expected);
        assert_eq!(
            told,
            [
                "line 3, cnaps: the check digit does not fit; taken all the same",
                "line 4, cnaps: is no 12-digit code",
                "line 6, bank: is empty",
                "line 7, cnaps: stands in the list before",
                "line 8: a quoted cell does not end on this line",
            ]
        );
        let (done, _) = imported(&list, &directory).await;
        assert_eq!(done.expect("read").unchanged, 3, "again changes nothing");
    }
    let (done, _) = imported(b"code,bank\n", &Remembered::default()).await;
    assert!(matches!(done, Err(ImportError::Header("branch"))));
}

#[tokio::test]
async fn the_demonstrations_list_is_without_fault() {
    let list = include_bytes!("../../../../fixtures/branches.csv");
    let (done, told) = imported(list, &Remembered::default()).await;
    assert_eq!(told, [] as [&str; 0]);
    assert!(done.expect("read").new >= 40);
}
