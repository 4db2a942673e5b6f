"""What the queue asks of a dataset with a case, in columns with indexes

Revision ID: regional_curation_0005
Revises: regional_curation_0002
Create Date: 2026-11-25
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from ckanext.regional.curation.scope import searched_words, with_ancestors
from ckanext.regional.indexing import listed

revision = "regional_curation_0005"
down_revision = "regional_curation_0004"
branch_labels = None
depends_on = None


def upgrade():
    table = op.create_table(
        "regional_case_scope",
        sa.Column("dataset_id", sa.Text, nullable=False),
        sa.Column("territories", ARRAY(sa.Text), nullable=False),
        sa.Column("sectors", ARRAY(sa.Text), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("dataset_id", name="regional_case_scope_pkey"),
    )
    for column in ("territories", "sectors"):
        op.create_index(
            f"regional_case_scope_{column}_idx", "regional_case_scope", [column], postgresql_using="gin"
        )
    op.create_index("regional_contributor_user_id_idx", "regional_contributor", ["user_id"])
    # Cases that were opened before this migration shall be in the queue after it.
    connection = op.get_bind()
    if sa.inspect(connection).has_table("package"):
        rows = connection.execute(
            sa.text(
                "SELECT p.id, p.name, p.title, p.extras FROM package p"
                " WHERE p.id IN (SELECT dataset_id FROM regional_case)"
            )
        )
        for dataset_id, name, title, extras in rows.all():
            connection.execute(
                table.insert().values(
                    dataset_id=dataset_id,
                    territories=sorted(with_ancestors(listed((extras or {}).get("territory")))),
                    sectors=sorted(set(listed((extras or {}).get("sector")))),
                    words=searched_words(title, name),
                )
            )


def downgrade():
    op.drop_index("regional_contributor_user_id_idx", "regional_contributor")
    op.drop_table("regional_case_scope")
