"""The history: what an event is about, words that can only be removed, what waits for its number; the notices

Revision ID: regional_curation_0003
Revises: regional_curation_0001
Create Date: 2026-11-25
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "regional_curation_0003"
down_revision = "regional_curation_0002"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade():
    op.add_column("regional_event", sa.Column("subject", sa.Text))
    op.add_column("regional_event", sa.Column("reason", sa.Text))
    op.create_index(
        "regional_event_denied_idx",
        "regional_event",
        ["actor_id", "at"],
        postgresql_where=sa.text("action = 'denied'"),
    )
    op.create_table(
        "regional_event_unsealed",
        sa.Column("event_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="regional_event_unsealed_pkey"),
    )
    op.execute(
        "INSERT INTO regional_event_unsealed (event_id) SELECT id FROM regional_event e"
        " WHERE NOT EXISTS (SELECT 1 FROM regional_event_seal s WHERE s.event_id = e.id)"
    )
    op.execute(
        """
        CREATE OR REPLACE FUNCTION regional_event_waits() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO regional_event_unsealed (event_id) VALUES (NEW.id);
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER regional_event_waits AFTER INSERT ON regional_event "
        "FOR EACH ROW EXECUTE FUNCTION regional_event_waits()"
    )
    # The words of an event may be removed (a person's right), never replaced.
    op.execute(
        """
        CREATE OR REPLACE FUNCTION regional_only_removed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.event_id <> OLD.event_id OR NEW.salt <> '' OR NEW.actor_name IS NOT NULL
               OR NEW.comment IS NOT NULL OR NEW.fields IS NOT NULL THEN
                RAISE EXCEPTION 'table % is append-only: words can be removed, not changed', TG_TABLE_NAME;
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER regional_event_text_append_only BEFORE DELETE OR TRUNCATE ON regional_event_text "
        "FOR EACH STATEMENT EXECUTE FUNCTION regional_append_only()"
    )
    op.execute(
        "CREATE TRIGGER regional_event_text_only_removed BEFORE UPDATE ON regional_event_text "
        "FOR EACH ROW EXECUTE FUNCTION regional_only_removed()"
    )
    op.create_table(
        "regional_notice",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("dataset_id", sa.Text),
        sa.Column("case_id", sa.Text),
        sa.Column("user_id", sa.Text),
        sa.Column("details", JSONB, nullable=False),
        sa.Column("created", TIME, nullable=False),
        sa.Column("due", TIME, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("sent", TIME),
        sa.Column("seen", TIME),
        sa.PrimaryKeyConstraint("id", name="regional_notice_pkey"),
        sa.UniqueConstraint("event_id", "user_id", name="regional_notice_event_id_user_id_key"),
        sa.CheckConstraint(
            "state IN ('new', 'waiting', 'sent', 'shown', 'failed')", name=op.f("regional_notice_state_check")
        ),
    )
    op.create_index(
        "regional_notice_due_idx",
        "regional_notice",
        ["due"],
        postgresql_where=sa.text("state IN ('new', 'waiting')"),
    )
    op.create_index("regional_notice_user_id_created_idx", "regional_notice", ["user_id", "created"])
    op.create_index("regional_notice_dataset_id_idx", "regional_notice", ["dataset_id"])


def downgrade():
    op.drop_table("regional_notice")
    op.execute("DROP TRIGGER regional_event_text_only_removed ON regional_event_text")
    op.execute("DROP TRIGGER regional_event_text_append_only ON regional_event_text")
    op.execute("DROP FUNCTION regional_only_removed()")
    op.execute("DROP TRIGGER regional_event_waits ON regional_event")
    op.execute("DROP FUNCTION regional_event_waits()")
    op.drop_table("regional_event_unsealed")
    op.drop_index("regional_event_denied_idx", "regional_event")
    op.drop_column("regional_event", "reason")
    op.drop_column("regional_event", "subject")
