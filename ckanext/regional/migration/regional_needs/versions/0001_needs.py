"""Needs, their supporters and answers; counts of demand; the observatory's tables

Revision ID: regional_needs_0001
Revises:
Create Date: 2026-11-25
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "regional_needs_0001"
down_revision = None
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_CODES = ARRAY(sa.Text)


def upgrade():
    _need()
    _people()
    _steps()
    _demand()
    _observatory()
    _similarity()


def downgrade():
    for table in (
        "regional_observatory_refreshed", "regional_observatory_month", "regional_observatory_cell",
        "regional_observatory_dataset", "regional_demand_dataset", "regional_demand_search", "regional_need_mail",
        "regional_need_step", "regional_need_answer", "regional_need_link", "regional_need_person", "regional_need",
    ):
        op.drop_table(table)
    # The extension stays: others may use it.


def _need():
    op.create_table(
        "regional_need",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, sa.Identity(always=True), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("territories", _CODES, nullable=False),
        sa.Column("around", _CODES, nullable=False),
        sa.Column("sectors", _CODES, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("title_words", sa.Text, nullable=False),
        sa.Column("visibility", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("author_id", sa.Text),
        sa.Column("merged_into", sa.Text),
        sa.Column("supports", sa.Integer, nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("published", _TIME),
        sa.Column("changed", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="regional_need_pkey"),
        sa.UniqueConstraint("number", name="regional_need_number_key"),
        sa.ForeignKeyConstraint(["merged_into"], ["regional_need.id"], name="regional_need_merged_into_fkey"),
    )
    op.create_index("regional_need_around_idx", "regional_need", ["around"], postgresql_using="gin")
    op.create_index("regional_need_sectors_idx", "regional_need", ["sectors"], postgresql_using="gin")
    op.create_index("regional_need_visibility_state_idx", "regional_need", ["visibility", "state"])


def _people():
    op.create_table(
        "regional_need_person",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("need_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text),
        sa.Column("address_hash", sa.Text),
        sa.Column("address", sa.Text),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("confirmed", sa.Boolean, nullable=False),
        sa.Column("notify", sa.Boolean, nullable=False),
        sa.Column("wishes", sa.Boolean, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("forget", _TIME),
        sa.PrimaryKeyConstraint("id", name="regional_need_person_pkey"),
        sa.ForeignKeyConstraint(
            ["need_id"], ["regional_need.id"], name="regional_need_person_need_id_fkey", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("need_id", "user_id", name="regional_need_person_need_id_user_id_key"),
        sa.UniqueConstraint("need_id", "address_hash", name="regional_need_person_need_id_address_hash_key"),
    )
    op.create_index(
        "regional_need_person_forget_idx", "regional_need_person", ["forget"],
        postgresql_where=sa.text("address IS NOT NULL"),
    )
    op.create_table(
        "regional_need_link",
        sa.Column("token_hash", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("expires", _TIME, nullable=False),
        sa.Column("used", _TIME),
        sa.PrimaryKeyConstraint("token_hash", name="regional_need_link_pkey"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["regional_need_person.id"], name="regional_need_link_person_id_fkey", ondelete="CASCADE"
        ),
    )
    op.create_index("regional_need_link_person_id_idx", "regional_need_link", ["person_id"])


def _steps():
    op.create_table(
        "regional_need_answer",
        sa.Column("need_id", sa.Text, nullable=False),
        sa.Column("dataset_id", sa.Text, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("need_id", "dataset_id", name="regional_need_answer_pkey"),
        sa.ForeignKeyConstraint(
            ["need_id"], ["regional_need.id"], name="regional_need_answer_need_id_fkey", ondelete="CASCADE"
        ),
    )
    op.create_index("regional_need_answer_dataset_id_idx", "regional_need_answer", ["dataset_id"])
    op.create_table(
        "regional_need_step",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("need_id", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("state", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("actor_id", sa.Text),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="regional_need_step_pkey"),
        sa.ForeignKeyConstraint(
            ["need_id"], ["regional_need.id"], name="regional_need_step_need_id_fkey", ondelete="CASCADE"
        ),
    )
    op.create_index("regional_need_step_need_id_at_idx", "regional_need_step", ["need_id", "at"])
    op.create_table(
        "regional_need_mail",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("step_id", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("due", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="regional_need_mail_pkey"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["regional_need_person.id"], name="regional_need_mail_person_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["step_id"], ["regional_need_step.id"], name="regional_need_mail_step_id_fkey", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("person_id", "step_id", name="regional_need_mail_person_id_step_id_key"),
    )
    op.create_index(
        "regional_need_mail_due_idx", "regional_need_mail", ["due"], postgresql_where=sa.text("state = 'waiting'")
    )


def _demand():
    op.create_table(
        "regional_demand_search",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("term", sa.Text, nullable=False),
        sa.Column("territory", sa.Text, nullable=False),
        sa.Column("sector", sa.Text, nullable=False),
        sa.Column("searches", sa.Integer, nullable=False),
        sa.Column("empty", sa.Integer, nullable=False),
        sa.Column("results", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("day", "term", "territory", "sector", name="regional_demand_search_pkey"),
    )
    op.create_table(
        "regional_demand_dataset",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("dataset_id", sa.Text, nullable=False),
        sa.Column("views", sa.Integer, nullable=False),
        sa.Column("downloads", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("day", "dataset_id", name="regional_demand_dataset_pkey"),
    )
    op.create_index("regional_demand_dataset_dataset_id_idx", "regional_demand_dataset", ["dataset_id"])


def _observatory():
    op.create_table(
        "regional_observatory_dataset",
        sa.Column("dataset_id", sa.Text, nullable=False),
        sa.Column("around", _CODES, nullable=False),
        sa.Column("sectors", _CODES, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("mqa", sa.Integer),
        sa.Column("governance", sa.Integer),
        sa.Column("views", sa.Integer, nullable=False),
        sa.Column("downloads", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("dataset_id", name="regional_observatory_dataset_pkey"),
    )
    for column in ("around", "sectors"):
        op.create_index(
            f"regional_observatory_dataset_{column}_idx", "regional_observatory_dataset", [column],
            postgresql_using="gin",
        )
    op.create_table(
        "regional_observatory_cell",
        sa.Column("territory", sa.Text, nullable=False),
        sa.Column("sector", sa.Text, nullable=False),
        sa.Column("figures", JSONB, nullable=False),
        sa.Column("terms", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("territory", "sector", name="regional_observatory_cell_pkey"),
    )
    op.create_table(
        "regional_observatory_month",
        sa.Column("month", sa.Date, nullable=False),
        sa.Column("territory", sa.Text, nullable=False),
        sa.Column("sector", sa.Text, nullable=False),
        sa.Column("figures", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("month", "territory", "sector", name="regional_observatory_month_pkey"),
    )
    op.create_index(
        "regional_observatory_month_territory_sector_idx", "regional_observatory_month", ["territory", "sector"]
    )
    op.create_table(
        "regional_observatory_refreshed",
        sa.Column("only", sa.Boolean, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("only", name="regional_observatory_refreshed_pkey"),
    )


def _similarity():
    """Take PostgreSQL's own comparison of texts where this role may add it; without it the extension compares itself."""
    op.execute(
        """
        DO $$ BEGIN
            CREATE EXTENSION IF NOT EXISTS pg_trgm;
        EXCEPTION WHEN OTHERS THEN
            RAISE NOTICE 'pg_trgm cannot be added: %', SQLERRM;
        END $$
        """
    )
    op.execute(
        """
        DO $$ BEGIN
            IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
                CREATE INDEX regional_need_title_words_idx ON regional_need USING gin (title_words gin_trgm_ops);
            END IF;
        EXCEPTION WHEN OTHERS THEN
            RAISE NOTICE 'no index for similar needs: %', SQLERRM;
        END $$
        """
    )
