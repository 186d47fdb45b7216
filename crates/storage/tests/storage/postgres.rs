//! Every story on PostgreSQL, one database each, on a server that this test starts and stops.

use shiming_testbed::{Durability, Postgres};

use crate::{
    stories::every_story,
    support::{Bench, settings},
};

async fn bench(server: &Postgres, story: &str) -> Bench {
    let folder = tempfile::tempdir().expect("a folder");
    let url = server.database(&story[..story.len().min(60)]);
    Bench::on(settings(url, &folder), folder).await
}

macro_rules! in_turn {
    ($($room:ident: [$($story:ident),* $(,)?]),* $(,)?) => {
        #[tokio::test(flavor = "multi_thread")]
        async fn every_story_holds_on_postgresql() {
            let server = Postgres::start(Durability::None);
            $($(
                println!(concat!(stringify!($room), "::", stringify!($story)));
                // On the heap: all of them side by side are more than a stack holds.
                let empty = bench(&server, stringify!($story)).await;
                Box::pin(crate::stories::$room::$story(empty)).await;
            )*)*
            crate::statements::all_were_run_on_postgresql(&server.log());
        }
    };
}
every_story!(in_turn);
