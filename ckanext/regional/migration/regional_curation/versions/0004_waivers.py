"""Checks that somebody lets pass; what a check's message is made of

Revision ID: regional_curation_0004
Revises: regional_curation_0002
Create Date: 2026-11-25
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "regional_curation_0004"
down_revision = "regional_curation_0003"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("regional_check", sa.Column("details", JSONB))
    op.create_table(
        "regional_waiver",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("dataset_id", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("field", sa.Text),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="regional_waiver_pkey"),
    )
    op.create_index(
        "regional_waiver_check_key",
        "regional_waiver",
        ["dataset_id", "fingerprint", "code", sa.text("coalesce(field, '')")],
        unique=True,
    )


def downgrade():
    op.drop_table("regional_waiver")
    op.drop_column("regional_check", "details")
