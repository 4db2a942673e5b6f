"""Every action and route of CKAN and its own plugins, judged by one question: can it tell of a hidden dataset?

``test_judged.py`` fails when there is one that does not stand here. Whoever adds it reads its source, decides why it
tells nothing (or mends it in ``hiding.py``), and puts it under that reason. Our own, ``regional_*``, are not listed:
``test_hiding.py`` asks every one of them.
"""

from __future__ import annotations

ACTIONS: dict[str, str] = {
    # It asks who may read the dataset (permission labels), one by one or in Solr.
    "labels": """
        package_show package_search package_autocomplete resource_show resource_view_list resource_view_show
        current_package_list_with_resources group_package_show package_activity_list activity_show activity_data_show
        dataset_followee_list followee_list datastore_info
        """,
    # It asks for private = false in SQL: an unapproved dataset is private too.
    "private": "package_list resource_search user_list",
    # It looks at neither; ours stands before it.
    "mended": """
        tag_list tag_autocomplete tag_search tag_show activity_diff group_show organization_show format_autocomplete
        member_list package_relationships_list datastore_search activity_create task_status_show follow_dataset
        dataset_follower_count am_following_dataset organization_activity_list group_activity_list user_activity_list
        recently_changed_packages_activity_list dashboard_activity_list
        """,
    # It counts what a mended one lists.
    "by a mended one": "dashboard_new_activities_count",
    # It asks the owner of a file, which is a dataset, a resource or a user, by that one's own rule.
    "file's owner": "file_show file_owner_scan",
    # It tells a person of themselves.
    "oneself": """
        api_token_list dataset_followee_count followee_count package_collaborator_list_for_user
        organization_list_for_user
        """,
    # It tells of the site, its users, groups and words, of no dataset.
    "no dataset": """
        am_following_group am_following_user group_autocomplete group_followee_count group_followee_list
        group_follower_count group_list group_list_authz help_show license_list member_roles_list
        organization_autocomplete organization_followee_count organization_followee_list organization_follower_count
        organization_list scheming_dataset_schema_list scheming_dataset_schema_show
        scheming_organization_schema_list scheming_organization_schema_show status_show term_translation_show
        user_autocomplete user_followee_count user_followee_list user_follower_count vocabulary_list vocabulary_show
        """,
    # It counts or shows datasets by asking package_search with the reader's own context.
    "by search": "user_show",
    # Only sysadmins, or who administers what it is about.
    "administrators": """
        config_option_list config_option_show dataset_follower_list group_follower_list get_site_user job_list job_show
        organization_follower_list package_collaborator_list user_follower_list
        """,
    # It writes, and asks for the right to change what it answers about.
    "writes": """
        activity_delete activity_delete_all activity_delete_counts api_token_create api_token_revoke
        bulk_update_delete bulk_update_private bulk_update_public config_option_update dashboard_mark_activities_old
        dataset_purge datastore_create datastore_delete datastore_function_create datastore_function_delete
        datastore_records_delete datastore_run_triggers datastore_upsert file_create file_delete
        file_ownership_transfer file_pin file_register file_rename file_unpin follow_group follow_user group_create
        group_delete group_member_create group_member_delete group_patch group_purge group_update job_cancel
        job_clear member_create member_delete organization_create organization_delete organization_member_create
        organization_member_delete organization_patch organization_purge organization_update
        package_collaborator_create package_collaborator_delete package_create package_create_default_resource_views
        package_delete package_owner_org_update package_patch package_relationship_create
        package_relationship_delete package_relationship_update package_resource_reorder package_revise
        package_update resource_create resource_create_default_resource_views resource_delete resource_patch
        resource_update resource_view_clear resource_view_create resource_view_delete resource_view_reorder
        resource_view_update send_email_notifications tag_create tag_delete task_status_delete task_status_update
        task_status_update_many term_translation_update term_translation_update_many unfollow_dataset
        unfollow_group unfollow_user user_create user_delete user_invite user_patch user_update vocabulary_create
        vocabulary_delete vocabulary_update
        """,
}

#: Endpoints by blueprint. What is behind a reason is asked as strangers by the test, with the ids of what is hidden.
ROUTES: dict[str, str] = {
    # They show a dataset, or a part of one, through the actions above.
    "by an action": """
        dataset.read dataset.resources dataset.search dataset.groups dataset.followers
        dataset_resource.download dataset_resource.read dataset_resource.view dataset_resource.views
        resource.download resource.read resource.view resource.views
        activity.package_activity activity.package_changes activity.package_changes_multiple activity.package_history
        activity.resource_history activity.user_activity activity.group_activity activity.organization_activity
        activity.group_changes activity.group_changes_multiple activity.organization_changes
        activity.organization_changes_multiple activity.dashboard activity.dashboard_testing
        api.action api.dataset_autocomplete api.format_autocomplete api.tag_autocomplete
        dashboard.datasets dashboard.groups dashboard.organizations
        datastore.api_info datastore.dictionary datastore.dump
        feeds.custom feeds.general feeds.group feeds.organization feeds.tag
        file.download group.read organization.read home.index user.read user.read_groups user.read_organizations
        """,
    # They give a file whose address is a secret (signed), or one of a public storage, which a resource has not.
    "file by address": "file.public_download file.trusted_download",
    # They tell of no dataset.
    "no dataset": """
        api.get_api api.group_autocomplete api.organization_autocomplete api.user_autocomplete api.i18n_js_translations
        group.about group.admins group.followers group.index group.members group.member_dump
        organization.about organization.admins organization.followers organization.index organization.members
        organization.member_dump
        home.about home.redirect_locale home.robots_txt static webassets.index util.custom_form_fields
        util.internal_redirect util.primer user.followers user.index user.logged_out_page user.login user.logout
        user.me user.perform_reset user.register user.request_reset
        """,
    # Only sysadmins, or who may change what it is about.
    "administrators": """
        activity.admin_activities admin.config admin.index admin.reset_config admin.trash
        dataset.delete dataset.edit dataset.new dataset_resource.delete dataset_resource.edit
        dataset_resource.edit_view dataset_resource.new resource.delete resource.edit resource.edit_view resource.new
        group.bulk_process group.delete group.edit group.manage_members group.member_delete group.member_new group.new
        organization.bulk_process organization.delete organization.edit organization.manage_members
        organization.member_delete organization.member_new organization.new
        user.api_tokens user.api_tokens_revoke user.delete user.edit user.sysadmin
        """,
    # POST by the actions about following, which are mended.
    "following": """
        dataset.follow dataset.unfollow group.follow group.unfollow organization.follow organization.unfollow
        user.follow user.unfollow
        """,
}

#: CKAN's own plugins: the tests run with the first group; what the others read was judged in their source.
PLUGINS: dict[str, str] = {
    "loaded by the tests": "activity datastore text_view",
    # Views of a resource: drawn by the page of the resource, their data come by datastore_search or its own address.
    "a view": "audio_view image_view video_view webpage_view datatables_view tabledesigner",
    # Theirs: datapusher_status asks resource_show; stats counts private = false.
    "asks for itself": "datapusher stats",
    # They add to what others show, or read nothing.
    "adds": """
        expire_api_token multilingual_dataset multilingual_group multilingual_resource multilingual_tag resource_proxy
        tracking
        """,
    # An example in CKAN's own tests.
    "an example": "chained_functions",
}


def flat(judged: dict[str, str]) -> list[str]:
    """Every name that was judged."""
    return [name for names in judged.values() for name in names.split()]
