//! What holds on every engine. Each story gets an empty storage.

pub mod access;
pub mod audit;
pub mod bank;
pub mod cases;
pub mod concurrency;
pub mod console;
pub mod credentials;
pub mod federation;
pub mod feed;
pub mod jobs;
pub mod keys;
pub mod listings;
pub mod lives;
pub mod marks;
pub mod notifications;
pub mod operators;
pub mod photos;
pub mod privacy;
pub mod registry;
pub mod requests;
pub mod risk;
pub mod scans;
pub mod webhooks;

/// Hands the names of all stories to a macro.
macro_rules! every_story {
    ($with:ident) => {
        $with! {
            access: [
                a_platform_is_found_by_its_unrevoked_key,
                a_platform_has_one_test_side_and_its_own_origins,
                a_client_secret_opens_once_in_time_and_for_its_case,
                a_portal_session_ends,
                what_is_over_is_pruned_and_nothing_else,
            ],
            audit: [
                a_commit_writes_its_entries_with_it,
                the_end_of_a_credential_is_in_the_trail,
                a_refused_commit_leaves_no_entry,
                two_nodes_and_eight_tasks_write_one_chain_without_gaps,
                entries_are_found_by_who_what_and_when,
                anchors_are_kept_and_every_node_signs_with_the_same_key,
            ],
            bank: [
                a_transfer_is_stored_with_its_decision,
                a_transfer_moves_only_from_where_it_stands,
                recent_amounts_are_those_of_the_same_account,
                an_entry_is_stored_once_and_listed_until_it_is_resolved,
                a_file_is_known_once_it_is_stored_whole,
                branches_are_found_by_name_region_and_code,
            ],
            cases: [
                a_case_reads_back_as_it_was_committed,
                a_case_is_found_by_its_present_token_and_its_last_phone,
                a_commit_on_an_old_version_leaves_nothing,
                the_same_case_can_not_be_opened_twice,
                events_resume_after_a_version,
                a_commit_is_announced,
                versions_are_told_of_the_cases_that_exist,
                another_platform_sees_nothing_of_a_case,
                lists_are_newest_first_and_within_their_limit,
                a_consent_outlives_its_session,
                scan_records_are_numbered,
            ],
            concurrency: [
                four_hundred_changes_by_eight_tasks_are_all_kept,
                a_client_secret_is_used_by_one_of_eight,
                two_nodes_share_one_ledger,
                a_commit_that_is_dropped_half_way_leaves_all_or_nothing,
            ],
            console: [
                cases_are_found_by_what_is_sealed_in_them,
                a_review_is_claimed_by_one_operator_at_a_time,
                notes_story_and_answers_belong_to_their_case,
                figures_count_events_cases_and_spans,
                views_policies_and_jobs_are_kept,
                imports_and_keys_are_listed_newest_first,
            ],
            credentials: [
                a_pass_leaves_a_credential,
                a_newer_credential_supersedes_the_accounts_older_one,
                other_accounts_of_a_licence_are_counted,
            ],
            federation: [
                a_trusted_issuer_belongs_to_its_platform,
                a_relying_party_belongs_to_its_platform,
                signing_keys_are_newest_first_until_they_are_forgotten,
                a_ticket_is_used_by_one_of_eight_and_ends_with_its_parent,
                an_account_there_is_bound_to_one_account_here,
                what_came_from_a_source_is_found_by_its_number_and_looked_at_in_turn,
                a_credential_has_one_place_in_the_status_lists,
                who_was_told_hears_of_the_end_once_and_in_time,
            ],
            feed: [
                a_commit_tells_its_platform_in_order_and_without_gaps,
                another_platform_is_told_nothing,
                an_event_without_a_case_is_told_once,
                numbers_have_no_gaps_when_many_commit_at_once,
                test_mode_has_a_realm_of_its_own,
            ],
            jobs: [
                a_job_is_due_at_its_time_and_leased_to_one_worker,
                a_lease_that_ends_gives_the_job_to_another,
                a_heartbeat_keeps_the_lease,
                a_retry_waits_and_a_dead_job_waits_for_a_person,
                a_newer_wake_takes_the_place_of_the_older,
                a_worker_that_is_late_can_not_end_the_job_that_took_its_place,
                a_finished_case_is_not_woken,
                four_hundred_jobs_go_to_one_of_eight_workers_each,
                queues_tell_what_is_due_since_when_and_what_waits_for_a_person,
            ],
            keys: [
                an_erased_case_is_gone_and_takes_no_changes,
                an_erased_person_has_no_photo_and_no_finished_case,
                master_keys_are_rotated,
                foreign_master_keys_are_refused,
                every_node_derives_the_same_tokens,
            ],
            listings: [
                cases_follow_page_by_page_and_are_ones_own,
                credentials_are_listed_alone_and_by_enterprise,
            ],
            lives: [
                a_fresh_credential_is_active_and_looked_after,
                a_life_changes_once_per_version,
                a_revoked_credential_is_left_alone,
                a_superseded_credential_has_ended,
                a_credential_says_that_a_change_is_on_its_way,
            ],
            marks: [
                a_mismatch_counts_against_account_licence_and_person,
                a_failure_stops_counting_when_its_time_is_over,
                face_failures_and_mismatches_are_counted_apart,
                the_demonstration_counts_for_itself,
            ],
            notifications: [
                a_message_is_ordered_with_its_commit_and_sent_by_one_job,
                a_message_ends_once_and_is_found_by_its_own_link,
                links_count_against_case_address_and_platform_for_a_day,
                what_was_sent_counts_from_when_it_left,
                whoever_refuses_is_known_by_any_spelling,
                a_credentials_owner_is_told_at_the_address_of_its_verification,
                messages_and_refusals_go_with_their_case,
            ],
            operators: [
                an_operator_has_one_login_and_is_found_by_it,
                somebody_at_an_identity_provider_is_one_operator,
                a_code_counts_once_and_a_password_can_be_taken_away,
                passkeys_are_their_operators_own,
                a_session_is_seen_freshened_and_ended,
                links_and_challenges_are_used_once_and_in_time,
                failed_attempts_count_for_a_while_and_what_is_over_goes,
            ],
            photos: [
                a_photo_is_read_back_and_belongs_to_its_realm,
                a_photo_is_written_when_it_differs,
                a_photo_lies_sealed,
                a_lost_object_is_a_fault_and_not_a_missing_photo,
            ],
            privacy: [
                a_person_whose_credential_has_ended_is_forgotten_whole,
                what_is_over_and_older_goes_and_is_reported,
                a_withdrawn_consent_is_noted_with_its_commit_and_makes_no_case_younger,
                a_platform_erases_its_own_data_of_a_person_and_nobody_elses,
            ],
            registry: [
                the_registry_answers_exactly,
                what_the_source_does_not_say_is_not_compared,
                a_batch_counts_what_it_did,
                the_last_of_two_equal_codes_counts,
                the_realms_do_not_mix,
                stats_count_by_realm_and_status,
                an_import_that_goes_on_replaces_its_record,
            ],
            requests: [
                a_request_is_done_once_and_answered_the_same,
                a_request_whose_server_died_may_be_done_again,
                a_request_is_begun_by_one_of_eight,
                failures_of_the_test_mode_go_with_the_time_that_is_made_to_pass,
            ],
            risk: [
                forms_count_against_whatever_they_have_in_common,
                a_form_that_comes_at_once_was_typed_by_no_hand,
                other_people_are_counted_by_their_cases,
                what_no_rule_looks_back_to_is_forgotten,
            ],
            scans: [
                a_frame_is_found_again_under_another_case,
                frames_that_are_past_their_retention_are_forgotten,
                kept_frames_lie_sealed_until_their_time,
                frames_for_a_reviewer_go_when_the_review_is_decided,
            ],
            webhooks: [
                an_endpoint_is_its_platforms_own_and_its_secrets_lie_sealed,
                each_endpoint_gets_what_it_wants_in_the_order_of_the_case,
                an_endpoint_that_fails_waits_and_gets_everything_when_it_is_back,
                an_endpoint_is_switched_off_once_and_catches_up,
            ],
        }
    };
}
pub(crate) use every_story;
