//! The committed OpenAPI document is the one that the code describes; the pages' types are generated from it.

use std::path::PathBuf;

fn committed() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json")
}

#[test]
fn the_committed_document_equals_the_generated_one() {
    let generated = shiming_http::openapi()
        .to_pretty_json()
        .expect("the document is JSON")
        + "\n";
    if std::env::var_os("SHIMING_BLESS").is_some() {
        std::fs::write(committed(), &generated).expect("the document can be written");
    }
    let committed = std::fs::read_to_string(committed()).unwrap_or_default();
    assert!(
        committed == generated,
        "docs/openapi.json is out of date: run `SHIMING_BLESS=1 cargo test -p shiming-http --test openapi`, \
         then `npm run types` in sdk/typescript"
    );
}

#[test]
fn every_operation_says_how_it_answers() {
    let document = serde_json::to_value(shiming_http::openapi()).expect("the document is JSON");
    assert_eq!(
        document["openapi"].as_str().map(|version| &version[..3]),
        Some("3.1")
    );
    let paths = document["paths"].as_object().expect("there are paths");
    for (path, operations) in paths {
        for (method, operation) in operations.as_object().expect("a path has operations") {
            let responses = operation["responses"].as_object();
            assert!(
                responses.is_some_and(|all| !all.is_empty()),
                "{method} {path} describes no answer"
            );
        }
    }
    assert!(paths.len() > 15, "all callers are described");
}

#[test]
fn operations_have_names_of_their_own() {
    let document = serde_json::to_value(shiming_http::openapi()).expect("the document is JSON");
    let paths = document["paths"].as_object().expect("there are paths");
    let operations = paths
        .values()
        .filter_map(|item| item.as_object())
        .flat_map(|item| item.values());
    let names: Vec<_> = operations
        .filter_map(|operation| operation["operationId"].as_str())
        .collect();
    let distinct: std::collections::BTreeSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), names.len());
}

#[test]
fn the_book_s_pages_on_errors_are_written_from_the_code() {
    for language in ["zh", "en"] {
        let page = shiming_http::reference::errors_page(language);
        let docs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/src");
        let file = docs.join(language).join("errors.md");
        if std::env::var_os("SHIMING_BLESS").is_some() {
            std::fs::write(&file, &page).expect("the page can be written");
        }
        assert!(
            std::fs::read_to_string(&file).unwrap_or_default() == page,
            "{} is out of date: run `SHIMING_BLESS=1 cargo test -p shiming-http --test openapi`",
            file.display()
        );
    }
}

/// Two schemas of one name would silently describe each other.
#[test]
fn schemas_have_names_of_their_own() {
    let mut names = std::collections::BTreeMap::new();
    let sources = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in walk(&sources) {
        let text = std::fs::read_to_string(&file).expect("a source file");
        let mut described = false;
        for line in text.lines() {
            let declared = line
                .strip_prefix("pub struct ")
                .or_else(|| line.strip_prefix("pub enum "));
            if let Some(name) = declared.filter(|_| described) {
                let name: String = name.chars().take_while(|c| c.is_alphanumeric()).collect();
                if let Some(other) = names.insert(name.clone(), file.clone()) {
                    panic!("{name} is in {} and in {}", other.display(), file.display());
                }
            }
            described = described && line.starts_with('#') || line.contains("ToSchema)");
        }
    }
    assert!(names.len() > 50, "{}", names.len());
}

fn walk(folder: &std::path::Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    let (folders, files): (Vec<_>, Vec<_>) = entries
        .map(|entry| entry.path())
        .partition(|path| path.is_dir());
    let below = folders.iter().flat_map(|folder| walk(folder));
    files.into_iter().chain(below).collect()
}
