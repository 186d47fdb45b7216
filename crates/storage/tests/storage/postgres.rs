//! Every story on PostgreSQL, one database each, on a server that this test starts and stops.

mod server;

use crate::stories::every_story;

macro_rules! in_turn {
    ($($room:ident: [$($story:ident),* $(,)?]),* $(,)?) => {
        #[tokio::test(flavor = "multi_thread")]
        async fn every_story_holds_on_postgresql() {
            let server = server::Server::start();
            $($(
                println!(concat!(stringify!($room), "::", stringify!($story)));
                crate::stories::$room::$story(server.bench(stringify!($story)).await).await;
            )*)*
        }
    };
}
every_story!(in_turn);
