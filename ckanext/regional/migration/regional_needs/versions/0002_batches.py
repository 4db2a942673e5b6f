"""Which batches of counts are written: a batch that comes twice counts once

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


def downgrade():
    op.drop_table("regional_demand_batch")
