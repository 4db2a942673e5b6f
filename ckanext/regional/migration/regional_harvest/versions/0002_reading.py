"""How far a CKAN was read, and which organisation owns what comes

Revision ID: regional_harvest_0002
Revises: regional_harvest_0001
Create Date: 2026-11-25
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "regional_harvest_0002"
down_revision = "regional_harvest_0001"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("regional_source", sa.Column("organizations", JSONB, nullable=False, server_default='{"mode": "one"}'))
    op.add_column("regional_source", sa.Column("reading", JSONB))


def downgrade():
    op.drop_column("regional_source", "reading")
    op.drop_column("regional_source", "organizations")
