"""What is known of the addresses of resources

Revision ID: regional_0002
Revises: regional_0001
Create Date: 2026-11-25
"""

import sqlalchemy as sa
from alembic import op

revision = "regional_0002"
down_revision = "regional_0001"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "regional_link",
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("checked_at", TIME),
        sa.Column("entered", TIME, nullable=False),
        sa.Column("due", TIME, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failed_since", TIME),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("next_host", sa.Text, nullable=False),
        sa.Column("next_url", sa.Text),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("hops", sa.Integer, nullable=False),
        sa.Column("waits", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("url", name="regional_link_pkey"),
        sa.CheckConstraint(
            "outcome IN ('ok', 'broken', 'refused', 'unknown')", name=op.f("regional_link_outcome_check")
        ),
    )
    op.create_index("regional_link_next_host_due_idx", "regional_link", ["next_host", "due"])
    op.create_table(
        "regional_link_host",
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("free_at", TIME, nullable=False),
        sa.Column("token", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("host", name="regional_link_host_pkey"),
    )


def downgrade():
    op.drop_table("regional_link_host")
    op.drop_table("regional_link")
