//! Filling the embedded registry from files.
//!
//! # Format
//!
//! CSV in UTF-8 (with or without a byte order mark), one record a line, with a header line; or JSON Lines, one object a
//! line. A quoted CSV field may hold commas and doubled quotes, but no line break, so that a broken quote spoils one
//! line and not the rest of the file. Order does not matter, unknown columns are ignored.
//!
//! | column | also | needed | content |
//! |---|---|---|---|
//! | `uscc` | 统一社会信用代码 | yes | unified social credit code |
//! | `enterprise_name` | 企业名称, 名称 | yes | name as on the licence |
//! | `legal_representative` | 法定代表人, 经营者 | yes | name of the legal representative |
//! | `id_number` | 证件号码, 身份证号 | yes | the legal representative's ID number |
//! | `status` | 登记状态 | no | `active` 存续 (or empty), `cancelled` 注销, `revoked` 吊销 |
//! | `subject_type` | 主体类型 | no | `enterprise` 企业, `individual_business` 个体工商户, or empty: unknown |
//! | `photo` | 照片 | no | path of the reference photo, within the photo folder |
//!
//! Reference photos may also come from a folder, a `.tar` or a `.zip`, each file named by ID number or credit code.
//!
//! # Guarantees
//!
//! Memory does not grow with the file. A line that can't be used is reported and skipped; line, column and fault of the first
//! 10 000 are kept with the run, and nothing of what stood in them. The file is read to its end first; what
//! does not fit into memory waits in nameless temporary files (`TMPDIR`; about 250 bytes a row, with keyed hashes of people). Then rows are
//! written in the order of their credit codes, in batches of one transaction each; an import that broke off is simply run
//! again, because a row that is there as it is stays untouched.

mod column;
mod csv;
mod enterprises;
mod json_lines;
mod lines;
mod photos;
mod report;
mod row;
mod runs;
mod sheet;

pub use enterprises::{Format, Plan, import_enterprises};
pub use photos::{PhotoCheck, PhotoPlan, PhotoSource, import_photos};
pub use report::{BadPhoto, BadRow, ImportError, Observer, PhotoReport, Progress, Report};
