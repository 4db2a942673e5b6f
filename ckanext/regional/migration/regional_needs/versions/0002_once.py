"""Which batches of counts are written, so that none counts twice; who was told of needs that wait

Revision ID: regional_needs_0002
Revises: regional_needs_0001
Create Date: 2026-11-25
"""

import sqlalchemy as sa
from alembic import op

revision = "regional_needs_0002"
down_revision = "regional_needs_0001"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "regional_demand_batch",
        sa.Column("batch", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("batch", name="regional_demand_batch_pkey"),
    )
    op.create_table(
        "regional_need_reminder",
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("user_id", name="regional_need_reminder_pkey"),
    )
    op.add_column("regional_need", sa.Column("waiting_since", sa.DateTime(timezone=True)))
    op.execute("UPDATE regional_need SET waiting_since = created WHERE visibility = 'waiting'")


def downgrade():
    op.drop_column("regional_need", "waiting_since")
    op.drop_table("regional_need_reminder")
    op.drop_table("regional_demand_batch")
