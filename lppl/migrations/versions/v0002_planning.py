"""Planning: documents, grid versions, edits, details, derived material, occurrences, takedowns; more in the index."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False, server_default="")


def upgrade() -> None:
    """Add the tables of planning, and columns to the queue and to the index of the journal."""
    with op.batch_alter_table("conform_jobs") as table:
        table.add_column(sa.Column("needed", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("aired") as table:
        table.add_column(_text("programme_id", 64))
        table.add_column(_text("category", 16))
        table.add_column(_text("slot", 120))
        table.add_column(_text("order_id", 64))
        table.add_column(_text("artist", 300))
        table.add_column(sa.Column("why", sa.Text(), nullable=False, server_default=""))
        table.create_index(op.f("ix_aired_order_id_start"), ["order_id", "start"], unique=False)
    if op.get_bind().dialect.name == "postgresql":  # its index entries are limited; a character has up to four bytes
        op.execute("UPDATE assets SET words = substr(words, 1, 325) WHERE octet_length(words) > 1300")
    op.drop_index(op.f("ix_assets_state_title_id"), "assets")
    op.drop_index(op.f("ix_assets_title_id"), "assets")
    op.create_index("ix_assets_search", "assets", ["title", "id", "state", "words"], unique=False)
    op.create_table(
        "documents",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name=op.f("pk_documents")),
    )
    op.create_table(
        "grid_versions",
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("channel", "number", name=op.f("pk_grid_versions")),
    )
    op.create_index(
        op.f("ix_grid_versions_channel_state_number"), "grid_versions", ["channel", "state", "number"], unique=False
    )
    op.create_table(
        "rundown_edits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rundown_edits")),
    )
    op.create_index(op.f("ix_rundown_edits_channel_at"), "rundown_edits", ["channel", "at"], unique=False)
    op.create_table(
        "planned_days",
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", "day", name=op.f("pk_planned_days")),
    )
    op.create_table(
        "asset_details",
        sa.Column("asset_id", sa.String(length=40), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name=op.f("fk_asset_details_asset_id")),
        sa.PrimaryKeyConstraint("asset_id", name=op.f("pk_asset_details")),
    )
    op.create_table(
        "derived_assets",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("specification", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["assets.id"], name=op.f("fk_derived_assets_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_derived_assets")),
    )
    op.create_table(
        "job_runs",
        sa.Column("job", sa.String(length=64), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("job", "due", name=op.f("pk_job_runs")),
    )
    op.create_table(
        "takedowns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takedowns")),
    )
    op.create_index(op.f("ix_takedowns_channel_start"), "takedowns", ["channel", "start"], unique=False)
