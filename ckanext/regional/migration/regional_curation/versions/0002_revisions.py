"""Revisions: working copies, the journal of what follows a decision, where files lie, fed resources

Revision ID: regional_curation_0002
Revises: regional_curation_0001
Create Date: 2026-11-25
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "regional_curation_0002"
down_revision = "regional_curation_0001"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade():
    op.add_column("regional_case", sa.Column("copy_id", sa.Text))
    op.add_column("regional_case", sa.Column("copy_map", JSONB))
    op.add_column("regional_case", sa.Column("base", JSONB))
    for name, column in (("regional_case_one_copy_key", "dataset_id"), ("regional_case_copy_id_key", "copy_id")):
        op.create_index(
            name, "regional_case", [column], unique=True, postgresql_where=sa.text("copy_id IS NOT NULL")
        )
    op.create_table(
        "regional_journal",
        sa.Column("seq", sa.BigInteger, nullable=False, autoincrement=True),
        sa.Column("dataset_id", sa.Text, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("error", sa.Text),
        sa.PrimaryKeyConstraint("seq", name="regional_journal_pkey"),
    )
    op.create_index("regional_journal_dataset_id_seq_idx", "regional_journal", ["dataset_id", "seq"])
    op.create_table(
        "regional_file",
        sa.Column("resource_id", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("resource_id", name="regional_file_pkey"),
    )
    op.create_index("regional_file_key_idx", "regional_file", ["key"])
    op.create_table(
        "regional_feed_grant",
        sa.Column("resource_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("granted_by", sa.Text),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("resource_id", "user_id", name="regional_feed_grant_pkey"),
    )


def downgrade():
    for table in ("regional_feed_grant", "regional_file", "regional_journal"):
        op.drop_table(table)
    for name in ("regional_case_copy_id_key", "regional_case_one_copy_key"):
        op.drop_index(name, "regional_case")
    for column in ("base", "copy_map", "copy_id"):
        op.drop_column("regional_case", column)
