"""What a record looked like when it last came

Revision ID: regional_harvest_0005
Revises: regional_harvest_0004
Create Date: 2026-11-25
"""

import sqlalchemy as sa
from alembic import op

revision = "regional_harvest_0005"
down_revision = "regional_harvest_0004"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("regional_record", sa.Column("seen", sa.Text))


def downgrade():
    op.drop_column("regional_record", "seen")
