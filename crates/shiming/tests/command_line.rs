//! The command line as its users call it.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

/// The program in an empty folder, untouched by the settings of whoever runs the tests.
fn shiming(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shiming"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SHIMING_") {
            command.env_remove(name);
        }
    }
    command.args(arguments).current_dir(folder);
    command
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn json_lines(output: &Output) -> Vec<Value> {
    out(output)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

#[test]
fn one_invalid_value_fails_the_check_and_is_named() {
    let here = folder();
    let good = shiming(here.path(), &["check", "uscc", "91350100M000100Y43"])
        .output()
        .expect("runs");
    assert!(good.status.success());

    let values = [
        "check",
        "uscc",
        "91350100M000100Y43",
        "110108000000016",
        "91350100M000100Y34",
    ];
    let mixed = shiming(here.path(), &values).output().expect("runs");
    assert_eq!(mixed.status.code(), Some(1));
    let lines = json_lines(&mixed);
    let valid: Vec<_> = lines.iter().map(|line| line["valid"].as_bool()).collect();
    assert_eq!(valid, [Some(true), Some(false), Some(false)]);
    assert_eq!(lines[1]["reason"], "old_registration_number");
    assert_eq!(lines[2]["value"], "91350100M000100Y34");
}

#[test]
fn names_are_read_from_standard_input_line_by_line_and_have_a_key() {
    let here = folder();
    let mut check = shiming(here.path(), &["check", "person-name", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("runs");
    let mut stdin = check.stdin.take().expect("piped");
    stdin
        .write_all("张　三\r\n买买提•艾力\n".as_bytes())
        .expect("written");
    drop(stdin);
    let output = check.wait_with_output().expect("ends");
    assert!(output.status.success());
    let keys: Vec<_> = json_lines(&output)
        .iter()
        .map(|line| line["key"].clone())
        .collect();
    assert_eq!(keys, ["张三", "买买提·艾力"]);
}

#[test]
fn a_wrong_setting_in_the_environment_is_named() {
    let here = folder();
    let output = shiming(here.path(), &["config"])
        .env("SHIMING_POLICY_QR_MINUTES", "soon")
        .output()
        .expect("runs");
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("SHIMING_POLICY_QR_MINUTES"), "{told}");
}

#[test]
fn the_file_in_the_working_directory_holds_unless_the_environment_says_otherwise() {
    let here = folder();
    std::fs::write(
        here.path().join("shiming.toml"),
        "[policy]\nqr_minutes = 7\nscan_minutes = 20\n",
    )
    .expect("written");
    let output = shiming(here.path(), &["config"])
        .env("SHIMING_POLICY_QR_MINUTES", "9")
        .output()
        .expect("runs");
    let shown: toml::Table = out(&output).parse().expect("TOML");
    assert_eq!(shown["policy"]["qr_minutes"].as_integer(), Some(9));
    assert_eq!(shown["policy"]["scan_minutes"].as_integer(), Some(20));
}

#[test]
fn a_platform_gets_a_key_that_is_shown_once() {
    let here = folder();
    let added = shiming(here.path(), &["platform", "add", "示例云"])
        .output()
        .expect("runs");
    assert!(added.status.success(), "{added:?}");
    let key = out(&added)
        .split_whitespace()
        .find(|word| word.starts_with("sk_live_"))
        .expect("a key")
        .to_owned();
    assert_eq!(key.len(), "sk_live_".len() + 43);
    let listed = out(&shiming(here.path(), &["platform", "list"])
        .output()
        .expect("runs"));
    assert!(
        listed.contains("示例云") && !listed.contains(&key),
        "{listed}"
    );

    let refused = shiming(here.path(), &["platform", "add", " "])
        .output()
        .expect("runs");
    assert_eq!(refused.status.code(), Some(1));
}

#[test]
fn a_key_file_is_never_replaced() {
    let here = folder();
    let generate = || {
        shiming(here.path(), &["keys", "generate"])
            .output()
            .expect("runs")
    };
    assert!(generate().status.success());
    let file = here.path().join("data/master.key");
    let first = std::fs::read(&file).expect("there");
    assert_eq!(generate().status.code(), Some(1));
    assert_eq!(std::fs::read(&file).expect("there"), first);
}

#[test]
fn a_database_is_migrated_once_and_then_as_it_is() {
    let here = folder();
    let migrate = || out(&shiming(here.path(), &["migrate"]).output().expect("runs"));
    assert!(!migrate().contains(": 0 migrations"));
    assert!(migrate().contains(": 0 migrations"));
}

#[test]
fn the_doctor_fails_for_a_missing_engine_and_changes_nothing() {
    let here = folder();
    let output = shiming(here.path(), &["doctor", "--json"])
        .output()
        .expect("runs");
    assert_eq!(output.status.code(), Some(1));
    let findings: Vec<Value> = serde_json::from_slice(&output.stdout).expect("JSON");
    let failed: Vec<_> = findings
        .iter()
        .filter(|finding| finding["level"] == "fail")
        .collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert_eq!(failed[0]["area"], "face engine");
    assert!(
        failed[0]["remedy"]
            .as_str()
            .is_some_and(|remedy| remedy.contains("./x setup"))
    );
    assert_eq!(std::fs::read_dir(here.path()).expect("readable").count(), 0);
}

#[test]
fn the_interface_describes_itself() {
    let here = folder();
    let output = shiming(here.path(), &["openapi"]).output().expect("runs");
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(
        document["openapi"]
            .as_str()
            .is_some_and(|version| version.starts_with("3.1"))
    );
    assert!(document["paths"]["/v1/verifications"].is_object());
}

const ROWS: &str = "\
uscc,enterprise_name,legal_representative,id_number,status
91350100M000100Y43,示例科技（北京）有限公司,张三,11010519491231002X,active
110108000000016,旧执照有限公司,张三,11010519491231002X,active
92440106MA59TE5TXG,示例百货店,买买提·艾力,440305198802290027,注销
";

#[test]
fn an_import_names_each_bad_row_goes_on_and_may_be_repeated() {
    let here = folder();
    let file = here.path().join("registry.csv");
    std::fs::write(&file, ROWS).expect("written");
    let import = || {
        shiming(here.path(), &["registry", "import", "registry.csv"])
            .output()
            .expect("runs")
    };
    let first = import();
    assert!(first.status.success(), "{first:?}");
    assert_eq!(
        out(&first),
        "rows: 2 new, 0 changed, 0 as they were, 1 not usable\n"
    );
    let told = String::from_utf8_lossy(&first.stderr).into_owned();
    assert!(
        told.contains("line 3: uscc: old_registration_number"),
        "{told}"
    );
    assert_eq!(
        out(&import()),
        "rows: 0 new, 0 changed, 2 as they were, 1 not usable\n"
    );

    let stats = out(&shiming(here.path(), &["registry", "stats"])
        .output()
        .expect("runs"));
    assert!(
        stats.contains("live  active              1 enterprises"),
        "{stats}"
    );
    assert!(
        stats.contains("live  cancelled           1 enterprises"),
        "{stats}"
    );
    assert!(!stats.contains("demo"), "{stats}");
}

#[test]
fn what_is_no_registry_file_is_refused_with_a_way_on() {
    let here = folder();
    std::fs::write(here.path().join("registry.xlsx"), "PK").expect("written");
    std::fs::write(here.path().join("people.csv"), "name,age\n张三,30\n").expect("written");
    for (file, word) in [
        ("registry.xlsx", ".csv or .jsonl"),
        ("people.csv", "uscc"),
        ("none.csv", "none.csv"),
    ] {
        let output = shiming(here.path(), &["registry", "import", file])
            .output()
            .expect("runs");
        assert_eq!(output.status.code(), Some(1), "{file}");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains(word), "{told}");
    }
}

#[test]
fn a_set_of_models_is_installed_whole_and_unchanged_or_not_at_all() {
    let here = folder();
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/default");
    let (given, installed) = (here.path().join("given"), here.path().join("models"));
    std::fs::create_dir(&given).expect("created");
    for file in std::fs::read_dir(&models).expect("`./x setup` brings the models") {
        let file = file.expect("readable");
        std::fs::copy(file.path(), given.join(file.file_name())).expect("copied");
    }
    let run = |arguments: &[&str]| shiming(here.path(), arguments).output().expect("runs");
    let missing = run(&["models", "verify", "models"]);
    assert_eq!(missing.status.code(), Some(1));

    let listed = json_lines(&run(&["models", "list"]));
    assert!(listed.iter().any(|file| file["set"] == "recommended"));
    assert!(
        listed
            .iter()
            .all(|file| file["licence"].is_string() && file["source"].is_string())
    );

    let done = run(&["models", "install", "given", "--to", "models"]);
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let intact = run(&["models", "verify", "models"]);
    assert!(intact.status.success());
    assert!(
        json_lines(&intact)
            .iter()
            .all(|file| file["found"] == "intact")
    );

    let victim = "fapi_face_recognition.onnx";
    let mut bytes = std::fs::read(given.join(victim)).expect("there");
    bytes[5_000] ^= 1;
    std::fs::write(given.join(victim), bytes).expect("written");
    let refused = run(&["models", "install", "given", "--to", "elsewhere"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains(victim));
    assert!(!here.path().join("elsewhere/default").join(victim).exists());
    std::fs::copy(given.join(victim), installed.join("default").join(victim)).expect("copied");
    let changed = run(&["models", "verify", "models"]);
    assert_eq!(changed.status.code(), Some(1));
    let found = json_lines(&changed);
    let found = found
        .iter()
        .find(|file| file["file"] == victim)
        .expect("named");
    assert_eq!(found["found"], "changed");
}
