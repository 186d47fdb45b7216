//! Tables and their queries, written once for a `Db` that the mount defines.
//!
//! Plain SQL that both engines read alike: `$1` placeholders, `ON CONFLICT`, `RETURNING`. Whatever differs is a constant or a
//! function of the mount.

mod access;
mod api_key;
mod audit;
mod audit_trail;
mod bank_branch;
mod bank_entry;
mod bank_transfer;
mod case;
mod case_query;
mod commit;
mod console_cases;
mod console_figures;
mod console_lists;
mod credential;
mod data_key;
mod delivery;
mod delivery_query;
mod endpoint;
mod enterprise;
mod erase;
mod event;
mod federation;
mod federation_port;
mod federation_status;
mod feed;
mod housekeeping;
mod idempotency;
mod import_run;
mod job;
mod job_upkeep;
mod kept_scan;
mod life;
mod listing;
mod mark;
mod nodes;
mod notification;
mod notification_limits;
mod operator;
mod operator_session;
mod portal;
mod privacy;
mod reference_photo;
mod risk;
mod scan_record;
mod seen_frame;
mod store;

pub(crate) use store::Store;

use super::{Db, Link, SKIP_LOCKED, begin_write, settle_erasure};
use crate::StoreError;

type Conn = <Db as sqlx::Database>::Connection;
type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A sealed body with what opens it: its owner, the wrapped key, the body.
type SealedRow = (String, Vec<u8>, Vec<u8>);
