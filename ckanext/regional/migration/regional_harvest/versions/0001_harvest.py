"""Sources, runs, pages, records and the feed

Revision ID: regional_harvest_0001
Revises:
Create Date: 2026-11-23
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "regional_harvest_0001"
down_revision = None
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade():
    op.execute(sa.schema.CreateSequence(sa.Sequence("regional_change_seq", data_type=sa.BigInteger)))
    _source()
    _run()
    _page()
    _record()
    _change()


def downgrade():
    for table in ("regional_change", "regional_record", "regional_page", "regional_run", "regional_source"):
        op.drop_table(table)
    op.execute(sa.schema.DropSequence(sa.Sequence("regional_change_seq")))


def _source():
    op.create_table(
        "regional_source",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("territory", sa.Text),
        sa.Column("owner_org", sa.Text, nullable=False),
        sa.Column("trust", sa.Text, nullable=False),
        sa.Column("frequency", sa.Text, nullable=False),
        sa.Column("filters", JSONB, nullable=False),
        sa.Column("defaults", JSONB, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("token", sa.Text),
        sa.Column("site", sa.Text),
        sa.Column("cursor", sa.BigInteger),
        sa.Column("epoch", sa.Text),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("modified", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="regional_source_pkey"),
        sa.UniqueConstraint("name", name="regional_source_name_key"),
    )


def _run():
    op.create_table(
        "regional_run",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("source_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("full", sa.Boolean, nullable=False),
        sa.Column("asked_by", sa.Text),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("started", _TIME),
        sa.Column("finished", _TIME),
        sa.Column("counts", JSONB),
        sa.Column("error", sa.Text),
        sa.Column("plan", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name="regional_run_pkey"),
        sa.ForeignKeyConstraint(
            ["source_id"], ["regional_source.id"], name="regional_run_source_id_fkey", ondelete="CASCADE"
        ),
    )
    op.create_index("regional_run_source_id_created_idx", "regional_run", ["source_id", "created"])
    op.create_index(
        "regional_run_one_running_idx",
        "regional_run",
        ["source_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )


def _page():
    op.create_table(
        "regional_page",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("payload", JSONB),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("lease_until", _TIME),
        sa.Column("token", sa.BigInteger, nullable=False),
        sa.Column("worker", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("counts", JSONB),
        sa.PrimaryKeyConstraint("id", name="regional_page_pkey"),
        sa.ForeignKeyConstraint(["run_id"], ["regional_run.id"], name="regional_page_run_id_fkey", ondelete="CASCADE"),
        sa.UniqueConstraint("run_id", "number", name="regional_page_run_id_number_key"),
    )
    op.create_index(
        "regional_page_open_idx", "regional_page", ["run_id", "number"], postgresql_where=sa.text("state = 'open'")
    )


def _record():
    op.create_table(
        "regional_record",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("source_id", sa.Text),
        sa.Column("remote_id", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("origin_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("dataset_id", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text),
        sa.Column("pending", sa.Boolean, nullable=False),
        sa.Column("hash", sa.Text),
        sa.Column("local_hash", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("path", JSONB, nullable=False),
        sa.Column("origin_url", sa.Text),
        sa.Column("parked", JSONB),
        sa.Column("first_seen", _TIME, nullable=False),
        sa.Column("last_seen", _TIME, nullable=False),
        sa.Column("harvested_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="regional_record_pkey"),
        sa.ForeignKeyConstraint(
            ["source_id"], ["regional_source.id"], name="regional_record_source_id_fkey", ondelete="SET NULL"
        ),
        sa.UniqueConstraint("source_id", "remote_id", name="regional_record_source_id_remote_id_key"),
        sa.UniqueConstraint("dataset_id", name="regional_record_dataset_id_key"),
    )
    op.create_index("regional_record_run_id_outcome_idx", "regional_record", ["run_id", "outcome"])
    op.create_index("regional_record_source_id_state_idx", "regional_record", ["source_id", "state"])
    op.create_index("regional_record_site_origin_id_idx", "regional_record", ["site", "origin_id"])


def _change():
    op.create_table(
        "regional_change",
        sa.Column("dataset_id", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("hash", sa.Text),
        sa.Column("modified", _TIME),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("dataset_id", name="regional_change_pkey"),
        sa.UniqueConstraint("seq", name="regional_change_seq_key"),
    )
    op.create_index("regional_change_unsealed_idx", "regional_change", ["at"], postgresql_where=sa.text("seq IS NULL"))
