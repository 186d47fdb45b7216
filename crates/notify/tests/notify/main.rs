//! What messages say, and how they leave: by a real mail server, and to a receiver that checks the signature itself.

mod sms_hook;
mod smtp;
mod support;
mod words;
