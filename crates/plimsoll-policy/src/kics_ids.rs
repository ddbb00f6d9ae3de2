//! The numbers by which KICS users silence Dockerfile queries, and the names of those queries.
//!
//! Knows only what our aliases name; a number that is missing here waives nothing.

/// The name of the KICS query with this number.
pub(crate) fn kics_name(id: &str) -> Option<&'static str> {
    let id = id.to_ascii_lowercase();
    let at = KICS_IDS.binary_search_by_key(&id.as_str(), |it| it.0).ok()?;
    KICS_IDS.get(at).map(|it| it.1)
}

/// Sorted by number.
#[rustfmt::skip]
static KICS_IDS: &[(&str, &str)] = &[
    ("00481784-25aa-4a55-8633-3136dfcf4f37", "yum_clean_all_missing"),
    ("02d9c71f-3ee8-4986-9c27-1a20d0d19bfc", "unpinned_package_version_in_pip_install"),
    ("22cd11f7-9c6c-4f6e-84c0-02058120b341", "gem_install_without_version"),
    ("295acb63-9246-4b21-b441-7c1f1fb62dc0", "missing_dnf_clean_all"),
    ("38300d1a-feb2-4a48-936a-d1ef1cd24313", "missing_zypper_clean"),
    ("41c195f4-fc31-4a5c-8a1b-90605538d49f", "multiple_cmd_instructions_listed"),
    ("45e1fca5-f90e-465d-825f-c2cb63fa3944", "missing_zypper_non_interactive_switch"),
    ("562952e4-0348-4dea-9826-44f3a2c6117b", "zypper_install_without_version"),
    ("6452c424-1d92-4deb-bb18-a03e95d579c4", "yum_install_without_version"),
    ("67fd0c4a-68cf-46d7-8c41-bc9fba7e40ae", "last_user_is_root"),
    ("6938958b-3f1a-451c-909b-baeee14bdc97", "multiple_entrypoint_instructions_listed"),
    ("6b376af8-cfe8-49ab-a08d-f32de23661a4", "workdir_path_not_absolute"),
    ("6db6e0c2-32a3-4a2e-93b5-72c35f4119db",
        "copy_with_more_than_two_arguments_not_ending_with_slash"),
    ("6e19193a-8753-436d-8a09-76dcff91bb03", "yum_install_allows_manual_input"),
    ("71bf8cf8-f0a1-42fa-b9d2-d10525e0a38e", "unix_ports_out_of_range"),
    ("7384dfb2-fcd1-4fbf-91cd-6c44c318c33c", "apt_get_not_avoiding_additional_packages"),
    ("77783205-c4ca-4f80-bb80-c777f267c547", "apt_get_missing_flags_to_avoid_manual_input"),
    ("7ebd323c-31b7-4e5b-b26f-de5e9e477af8", "missing_flag_from_dnf_install"),
    ("8a301064-c291-4b20-adcb-403fe7fd95fd", "changing_default_shell_using_run_command"),
    ("8ada6e80-0ade-439e-b176-0b28f6bce35a", "run_using_sudo"),
    ("93d88cf7-f078-46a8-8ddc-178e03aeacf1", "missing_version_specification_in_dnf_install"),
    ("9513a694-aa0d-41d8-be61-3271e056f36b", "add_instead_of_copy"),
    ("965a08d7-ef86-4f14-8792-4a3b2098937e", "apt_get_install_pin_version_not_defined"),
    ("99614418-f82b-4852-a9ae-5051402b741c", "maintainer_instruction_being_used"),
    ("9bae49be-0aa3-4de5-bab2-4c3a069e40cd", "update_instruction_alone"),
    ("9efb0b2d-89c9-41a3-91ca-dcc0aec911fd", "image_version_not_explicit"),
    ("aa93e17f-b6db-4162-9334-c70334e7ac28", "chown_flag_exists"),
    ("ae9c56a6-3ed1-4ac0-9b54-31267f51151d", "apk_add_using_local_cache_path"),
    ("b03a748a-542d-44f4-bb86-9199ab4fd2d5", "healthcheck_instruction_missing"),
    ("b16e8501-ef3c-44e1-a543-a093238099c9", "using_platform_with_from"),
    ("b84a0b47-2e99-4c9f-8933-98bcabe2b94d", "run_using_apt"),
    ("b86987e1-6397-4619-81d5-8807f2387c79", "not_using_json_in_cmd_and_entrypoint_arguments"),
    ("cdddb86f-95f6-4fc4-b5a1-483d9afceb2b", "copy_from_references_current_from_alias"),
    ("d3499f6d-1651-41bb-a9a7-de925fea487b", "unpinned_package_version_in_apk_add"),
    ("df746b39-6564-4fed-bf85-e9c44382303c", "apt_get_install_lists_were_not_deleted"),
    ("e36d8880-3f78-4546-b9a1-12f0745ca0d5", "npm_install_without_pinned_version"),
    ("efbf148a-67e9-42d2-ac47-02fa1c0d0b22", "shell_running_a_pipe_without_pipefail_flag"),
    ("f2daed12-c802-49cd-afed-fe41d0b82fed", "same_alias_in_different_froms"),
    ("f2f903fb-b977-461e-98d7-b3e2185c6118", "pip_install_keeping_cached_packages"),
    ("f45ea400-6bbe-4501-9fc7-1c3d75c32067", "image_version_using_latest"),
    ("f4a6bcd3-e231-4acf-993c-aa027be50d2e", "run_command_cd_instead_of_workdir"),
    ("fc775e75-fcfb-4c98-b2f2-910c5858b359", "run_using_wget_and_curl"),
    ("fd54f200-402c-4333-a5a4-36ef6709af2f", "missing_user_instruction"),
];

#[cfg(test)]
mod tests {
    use super::{KICS_IDS, kics_name};

    #[test]
    fn every_number_is_found() {
        assert!(KICS_IDS.iter().all(|(id, name)| kics_name(id) == Some(name)));
        assert_eq!(kics_name("00000000-0000-0000-0000-000000000000"), None);
    }
}
