"""What was last handed over of each dataset, and datasets that were detached from their source

Revision ID: regional_harvest_0004
Revises: regional_harvest_0001
Create Date: 2026-11-25
"""

import sqlalchemy as sa
from alembic import op

revision = "regional_harvest_0004"
down_revision = "regional_harvest_0003"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "regional_handed_over",
        sa.Column("dataset_id", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("dataset_id", name="regional_handed_over_pkey"),
    )
    # It is compressed already.
    op.execute("ALTER TABLE regional_handed_over ALTER COLUMN content SET STORAGE EXTERNAL")
    op.add_column("regional_record", sa.Column("detached", sa.DateTime(timezone=True)))


def downgrade():
    op.drop_column("regional_record", "detached")
    op.drop_table("regional_handed_over")
