"""Who this site is among its neighbours

Revision ID: regional_0001
Revises:
Create Date: 2026-11-23
"""

import sqlalchemy as sa
from alembic import op

revision = "regional_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "regional_site",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="regional_site_pkey"),
    )


def downgrade():
    op.drop_table("regional_site")
