//! Filling the registry from files.

mod photos;
mod watch;

use std::io::{self, BufReader, Read};

use shiming_storage::{
    api::Written,
    import::{Format, ImportError, Plan, Report, import_enterprises},
};
use shiming_verification::{
    claim::Claim, fact::RegistryAnswer, ports::console::ImportError as ImportFault, words::Realm,
};
use watch::{Watch, plan};

use crate::support::{Bench, Hands, at, claim};

const HEADER: &str = "uscc,enterprise_name,legal_representative,id_number,status,subject_type\n";

fn fields(claim: &Claim) -> [&str; 4] {
    let name = claim.enterprise_name.as_str();
    [
        claim.uscc.as_str(),
        name,
        claim.legal_representative.as_str(),
        claim.id_number.as_str(),
    ]
}

fn csv_row(n: u16) -> String {
    format!("{},active,enterprise\n", fields(&claim(n)).join(","))
}

async fn import(
    bench: &Bench,
    plan: &Plan,
    input: impl Read + Send + 'static,
) -> (Result<Report, ImportError>, Watch) {
    let mut watch = Watch::default();
    let input = BufReader::new(input);
    let report = import_enterprises(&*bench.storage, input, plan, &mut watch).await;
    (report, watch)
}

async fn import_text(bench: &Bench, format: Format, text: String) -> (Report, Watch) {
    let (report, watch) = import(bench, &plan(format), io::Cursor::new(text)).await;
    (report.expect("imported"), watch)
}

const fn written(inserted: u64, updated: u64, unchanged: u64) -> Written {
    Written {
        inserted,
        updated,
        unchanged,
    }
}

#[tokio::test]
async fn a_file_from_a_chinese_office_program_is_imported() {
    let bench = Bench::sqlite().await;
    let [uscc, name, person, id] = fields(&claim(1)).map(str::to_owned);
    let text = format!(
        "\u{FEFF}企业名称,统一社会信用代码,证件号码,法定代表人,登记状态,备注\r\n\
         \"{name}\",{uscc},{id}, {person} ,存续,\"a, b\"\r\n"
    );
    let (report, watch) = import_text(&bench, Format::Csv, text.clone()).await;
    assert_eq!(
        (report.written, report.bad_rows),
        (written(1, 0, 0), 0),
        "{watch:?}"
    );
    assert_eq!(watch.bytes(), text.len() as u64);
    assert_eq!(
        bench.storage.check(&claim(1), Realm::Live).await,
        RegistryAnswer::Match
    );
}

#[tokio::test]
async fn json_lines_say_the_same() {
    let bench = Bench::sqlite().await;
    let [uscc, name, person, id] = fields(&claim(1)).map(str::to_owned);
    let text = format!(
        "\u{FEFF}{{\"uscc\":\"{uscc}\",\"enterprise_name\":\"{name}\",\
         \"legal_representative\":\"{person}\",\"id_number\":\"{id}\",\"status\":\"revoked\"}}\n\
         {{\"uscc\":\"{uscc}\"}}\n\n[1]\n"
    );
    let (report, watch) = import_text(&bench, Format::JsonLines, text).await;
    assert_eq!(report.written, written(1, 0, 0));
    assert_eq!(
        watch.bad_rows(),
        ["line 2: enterprise_name: empty", "line 4: not_json"]
    );
    assert_eq!(
        bench.storage.check(&claim(1), Realm::Live).await,
        RegistryAnswer::Inactive
    );
}

#[tokio::test]
async fn each_bad_row_is_named_and_the_others_are_stored() {
    let bench = Bench::sqlite().await;
    let [uscc, name, person, id] = fields(&claim(9)).map(str::to_owned);
    let mut file = Vec::new();
    for line in [
        HEADER.to_owned(),
        csv_row(1),
        format!("{}X,{name},{person},{id},,\n", &uscc[..17]),
        format!("110108000000016,{name},{person},{id},,\n"),
        format!("{uscc},,{person},{id},,\n"),
        format!("{uscc},{name},{person}\u{E000},{id},,\n"),
        format!("{uscc},{name},{person},110101199913310010,,\n"),
        format!("{uscc},{name},{person},{id},迁出,\n"),
        format!("{uscc},{name},{person},{id},,club\n"),
        format!("{uscc},{name},{person}\n"),
        format!("{uscc},\"{name},{person},{id},,\n"),
        format!("{uscc},{},{person},{id},,\n", "x".repeat(70_000)),
    ] {
        file.extend(line.into_bytes());
    }
    file.extend(b"A,\xC4\xE3\xBA\xC3,B,C,,\n");
    file.extend(csv_row(2).trim_end().as_bytes());

    let plan = plan(Format::Csv);
    let (report, watch) = import(&bench, &plan, io::Cursor::new(file)).await;
    let report = report.unwrap();
    let bad = watch.bad_rows();
    let expected = [
        "line 3: uscc: check_digit",
        "line 4: uscc: old_registration_number",
        "line 5: enterprise_name: empty",
        "line 6: legal_representative: character",
        "line 7: id_number: date",
        "line 8: status: unknown_status",
        "line 9: subject_type: unknown_subject_type",
        "line 10: column_count",
        "line 11: open_quote",
        "line 12: too_long",
        "line 13: enterprise_name: not_utf8",
    ];
    assert_eq!(bad, expected);
    let kept = bench.storage.import_errors(plan.import, 0, 100).await;
    let told = |row: ImportFault| match row.column {
        Some(column) => format!("line {}: {column}: {}", row.line, row.reason),
        None => format!("line {}: {}", row.line, row.reason),
    };
    let kept: Vec<_> = kept.unwrap().into_iter().map(told).collect();
    assert_eq!(kept, expected, "what was told is kept with the run");
    assert_eq!((report.written, report.bad_rows), (written(2, 0, 0), 11));
    for n in [1, 2] {
        assert_eq!(
            bench.storage.check(&claim(n), Realm::Live).await,
            RegistryAnswer::Match
        );
    }
}

#[tokio::test]
async fn of_a_file_that_is_wrong_throughout_the_first_lines_are_kept_and_all_are_counted() {
    let bench = Bench::sqlite().await;
    let file = format!("{HEADER}{}", "x\n".repeat(25_000));
    let plan = plan(Format::Csv);
    let (report, _) = import(&bench, &plan, io::Cursor::new(file)).await;
    assert_eq!(report.unwrap().bad_rows, 25_000);
    let storage = &bench.storage;
    let kept = storage.import_errors(plan.import, 0, 30_000).await.unwrap();
    assert_eq!(kept.len(), 10_000);
    assert_eq!(kept.last().map(|row| row.line), Some(10_001));
}

#[tokio::test]
async fn repeating_an_import_changes_only_what_differs() {
    let bench = Bench::sqlite().await;
    let rows = |changed: bool| {
        let row = |n| {
            csv_row(n).replace(
                "active",
                if changed && n == 7 {
                    "吊销"
                } else {
                    "active"
                },
            )
        };
        (1..=40)
            .map(row)
            .fold(HEADER.to_owned(), |text, row| text + &row)
    };
    let (first, _) = import_text(&bench, Format::Csv, rows(false)).await;
    let (again, _) = import_text(&bench, Format::Csv, rows(false)).await;
    let (changed, _) = import_text(&bench, Format::Csv, rows(true)).await;
    let counts = [first.written, again.written, changed.written];
    assert_eq!(
        counts,
        [written(40, 0, 0), written(0, 0, 40), written(0, 1, 39)]
    );

    let stats = bench.storage.registry_stats().await.unwrap();
    let last = &stats.last_imports[0];
    assert_eq!(
        (last.realm, last.source.as_str()),
        (Realm::Live, "registry.csv")
    );
    assert_eq!(
        (last.written, last.finished_at),
        (written(0, 1, 39), Some(at(0)))
    );
}

#[tokio::test]
async fn a_file_of_no_use_says_why() {
    let bench = Bench::sqlite().await;
    let refused = async |bytes: &'static [u8]| {
        import(&bench, &plan(Format::Csv), bytes)
            .await
            .0
            .expect_err("refused")
            .to_string()
    };
    assert_eq!(refused(b"").await, "the file is empty");
    let gbk = refused(b"\xCD\xB3\xD2\xBB,\xC6\xF3\xD2\xB5\n").await;
    assert!(
        gbk.contains("missing: uscc, enterprise_name") && gbk.contains("GBK"),
        "{gbk}"
    );
}

#[tokio::test]
async fn an_import_that_broke_off_is_simply_run_again() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk was pulled out"))
        }
    }
    let bench = Bench::sqlite().await;
    let good = (0..6000).fold(HEADER.to_owned(), |text, n| text + &csv_row(n));
    let broken = io::Cursor::new(good.clone()).chain(Broken);
    let (error, _) = import(&bench, &plan(Format::Csv), broken).await;
    assert!(
        error
            .expect_err("broken")
            .to_string()
            .contains("pulled out")
    );
    let stats = bench.storage.registry_stats().await.unwrap();
    assert_eq!(stats.enterprises[0].count, 6000, "what was read stays");
    assert_eq!(stats.last_imports[0].finished_at, None);

    let (report, _) = import_text(&bench, Format::Csv, good).await;
    assert_eq!(report.written, written(0, 0, 6000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_import_by_another_process_keeps_nobody_waiting_for_long() {
    let bench = Bench::sqlite().await;
    let other = bench.second_node().await;
    let text = (0..30_000).fold(HEADER.to_owned(), |text, n| text + &csv_row(n));
    let importing = tokio::spawn(async move {
        let (input, mut watch) = (BufReader::new(io::Cursor::new(text)), Watch::default());
        import_enterprises(&*other, input, &plan(Format::Csv), &mut watch).await
    });
    let mut opened = 0;
    while !importing.is_finished() {
        Hands::new(&*bench.storage, opened).open().await;
        opened += 1;
    }
    let report = importing.await.unwrap().unwrap();
    assert_eq!(report.written, written(30_000, 0, 0));
    assert!(opened >= 3, "{opened} cases were opened meanwhile");
}
