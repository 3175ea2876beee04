"""The media library: assets, their files, house sets, conform jobs, the index of the journal."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "aired",
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.String(length=40), nullable=False),
        sa.Column("house_id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("programme", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("channel", "start", name=op.f("pk_aired")),
    )
    op.create_index(op.f("ix_aired_asset_id_start"), "aired", ["asset_id", "start"], unique=False)
    op.create_table(
        "assets",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("added", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("artist", sa.String(length=300), nullable=False),
        sa.Column("album", sa.String(length=300), nullable=False),
        sa.Column("year", sa.String(length=16), nullable=False),
        sa.Column("genre", sa.String(length=300), nullable=False),
        sa.Column("isrc", sa.String(length=16), nullable=False),
        sa.Column("replaygain_db", sa.Float(), nullable=True),
        sa.Column("has_cover", sa.Boolean(), nullable=False),
        sa.Column("duration_s", sa.Float(), nullable=False),
        sa.Column("has_picture", sa.Boolean(), nullable=False),
        sa.Column("facts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("refusal_reason", sa.String(length=32), nullable=True),
        sa.Column("refusal_id", sa.Text(), nullable=True),
        sa.Column("refusal_en", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assets")),
    )
    op.create_index(op.f("ix_assets_added"), "assets", ["added"], unique=False)
    op.create_index(op.f("ix_assets_state_title_id"), "assets", ["state", "title", "id"], unique=False)
    op.create_index(op.f("ix_assets_title_id"), "assets", ["title", "id"], unique=False)
    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "asset_files",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=False),
        sa.Column("inode", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.BigInteger(), nullable=False),
        sa.Column("asset_id", sa.String(length=40), nullable=True),
        sa.Column("refusal_reason", sa.String(length=32), nullable=True),
        sa.Column("refusal_id", sa.Text(), nullable=True),
        sa.Column("refusal_en", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name=op.f("fk_asset_files_asset_id")),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_asset_files")),
    )
    op.create_index(op.f("ix_asset_files_asset_id"), "asset_files", ["asset_id"], unique=False)
    op.create_index(op.f("ix_asset_files_refusal_reason"), "asset_files", ["refusal_reason"], unique=False)
    op.create_table(
        "conform_jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.String(length=40), nullable=False),
        sa.Column("recipe", sa.String(length=32), nullable=False),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("duration_s", sa.Float(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("interruptions", sa.Integer(), nullable=False),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("reached", sa.Float(), nullable=False),
        sa.Column("worker", sa.String(length=120), nullable=False),
        sa.Column("error_id", sa.Text(), nullable=False),
        sa.Column("error_en", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heartbeat", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name=op.f("fk_conform_jobs_asset_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conform_jobs")),
        sa.UniqueConstraint("asset_id", "recipe", name=op.f("uq_conform_jobs_asset_id_recipe")),
    )
    op.create_index(
        op.f("ix_conform_jobs_state_priority_duration_s_id"),
        "conform_jobs",
        ["state", "priority", "duration_s", "id"],
        unique=False,
    )
    op.create_table(
        "house_sets",
        sa.Column("house_id", sa.String(length=80), nullable=False),
        sa.Column("asset_id", sa.String(length=40), nullable=False),
        sa.Column("recipe", sa.String(length=32), nullable=False),
        sa.Column("quanta", sa.Integer(), nullable=False),
        sa.Column("lufs", sa.Float(), nullable=True),
        sa.Column("peak_db", sa.Float(), nullable=True),
        sa.Column("gain_db", sa.Float(), nullable=False),
        sa.Column("peak_limited", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name=op.f("fk_house_sets_asset_id")),
        sa.PrimaryKeyConstraint("house_id", name=op.f("pk_house_sets")),
    )
    op.create_index(op.f("ix_house_sets_asset_id"), "house_sets", ["asset_id"], unique=False)
    op.create_index(op.f("ix_house_sets_recipe_state"), "house_sets", ["recipe", "state"], unique=False)
