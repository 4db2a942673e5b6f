"""The review: stewards, cases, events that cannot be changed, checks

Revision ID: regional_curation_0001
Revises:
Create Date: 2026-11-23
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "regional_curation_0001"
down_revision = None
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
APPEND_ONLY = ("regional_event", "regional_event_seal")


def upgrade():
    op.create_table(
        "regional_dataset",
        sa.Column("dataset_id", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("index_behind", sa.Boolean, nullable=False),
        sa.Column("fingerprint", sa.Text),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", TIME),
        sa.PrimaryKeyConstraint("dataset_id", name="regional_dataset_pkey"),
        sa.CheckConstraint(
            "status IN ('unpublished', 'published', 'retired')", name=op.f("regional_dataset_status_check")
        ),
    )
    op.create_table(
        "regional_contributor",
        sa.Column("dataset_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.PrimaryKeyConstraint("dataset_id", "user_id", name="regional_contributor_pkey"),
    )
    op.create_table(
        "regional_case",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("dataset_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("submitted_by", sa.Text),
        sa.Column("submitted_at", TIME),
        sa.Column("fingerprint", sa.Text),
        sa.Column("claimed_by", sa.Text),
        sa.Column("due", TIME),
        sa.Column("created", TIME, nullable=False),
        sa.Column("closed", TIME),
        sa.PrimaryKeyConstraint("id", name="regional_case_pkey"),
        sa.CheckConstraint(
            "kind IN ('publication', 'revision', 'retirement')", name=op.f("regional_case_kind_check")
        ),
    )
    op.create_index(
        "regional_case_one_open_key",
        "regional_case",
        ["dataset_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('draft', 'submitted', 'in_review', 'changes_requested')"),
    )
    op.create_index("regional_case_dataset_id_created_idx", "regional_case", ["dataset_id", "created"])
    op.create_index("regional_case_state_due_idx", "regional_case", ["state", "due"])
    op.create_table(
        "regional_event",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("dataset_id", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor_id", sa.Text),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("from_state", sa.Text),
        sa.Column("to_state", sa.Text),
        sa.Column("fingerprint", sa.Text),
        sa.Column("text_digest", sa.Text),
        sa.PrimaryKeyConstraint("id", name="regional_event_pkey"),
    )
    op.create_index("regional_event_dataset_id_at_idx", "regional_event", ["dataset_id", "at"])
    op.create_table(
        "regional_event_text",
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("salt", sa.Text, nullable=False),
        sa.Column("actor_name", sa.Text),
        sa.Column("comment", sa.Text),
        sa.Column("fields", JSONB),
        sa.PrimaryKeyConstraint("event_id", name="regional_event_text_pkey"),
    )
    op.create_table(
        "regional_event_seal",
        sa.Column("seq", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="regional_event_seal_pkey"),
        sa.UniqueConstraint("event_id", name="regional_event_seal_event_id_key"),
    )
    op.create_table(
        "regional_check",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("dataset_id", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("field", sa.Text),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="regional_check_pkey"),
        sa.CheckConstraint("level IN ('info', 'warn', 'block')", name=op.f("regional_check_level_check")),
    )
    op.create_index("regional_check_dataset_id_idx", "regional_check", ["dataset_id"])
    op.create_table(
        "regional_steward",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("territory", sa.Text),
        sa.Column("sector", sa.Text),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("created_by", sa.Text),
        sa.Column("created", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="regional_steward_pkey"),
        sa.CheckConstraint(
            "role IN ('steward', 'deputy', 'coordinator', 'dpo')", name=op.f("regional_steward_role_check")
        ),
    )
    op.create_index(
        "regional_steward_scope_key",
        "regional_steward",
        ["user_id", sa.text("coalesce(territory, '')"), sa.text("coalesce(sector, '')"), "role"],
        unique=True,
    )
    op.create_index("regional_steward_user_id_idx", "regional_steward", ["user_id"])
    # Tampering shall be evident even to somebody with the application's own database account.
    op.execute(
        """
        CREATE OR REPLACE FUNCTION regional_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'table % is append-only: % refused', TG_TABLE_NAME, TG_OP;
        END $$
        """
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION regional_append_only()"
        )


def downgrade():
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    op.execute("DROP FUNCTION regional_append_only()")
    for table in (
        "regional_steward",
        "regional_check",
        "regional_event_seal",
        "regional_event_text",
        "regional_event",
        "regional_case",
        "regional_contributor",
        "regional_dataset",
    ):
        op.drop_table(table)
