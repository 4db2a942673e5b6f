"""When sources are due, why records were not taken, and whom to tell of a run

Revision ID: regional_harvest_0003
Revises: regional_harvest_0001
Create Date: 2026-11-25
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "regional_harvest_0003"
down_revision = "regional_harvest_0002"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade():
    op.add_column("regional_source", sa.Column("next_run", _TIME))
    op.add_column("regional_source", sa.Column("trouble", sa.Text))
    op.add_column("regional_source", sa.Column("removing", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index(
        "regional_source_next_run_idx",
        "regional_source",
        ["next_run"],
        postgresql_where=sa.text("next_run IS NOT NULL"),
    )
    op.add_column("regional_run", sa.Column("reasons", JSONB))
    op.create_table(
        "regional_run_notice",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("due", _TIME, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("sent", _TIME),
        sa.PrimaryKeyConstraint("id", name="regional_run_notice_pkey"),
        sa.ForeignKeyConstraint(
            ["run_id"], ["regional_run.id"], name="regional_run_notice_run_id_fkey", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("run_id", "kind", "user_id", name="regional_run_notice_run_id_kind_user_id_key"),
    )
    op.create_index(
        "regional_run_notice_due_idx", "regional_run_notice", ["due"], postgresql_where=sa.text("state = 'waiting'")
    )


def downgrade():
    op.drop_table("regional_run_notice")
    op.drop_column("regional_run", "reasons")
    op.drop_index("regional_source_next_run_idx", "regional_source")
    op.drop_column("regional_source", "removing")
    op.drop_column("regional_source", "trouble")
    op.drop_column("regional_source", "next_run")
