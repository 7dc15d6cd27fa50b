"""The tables of the catalogue."""

from __future__ import annotations

import sqlalchemy as sa

PENDING, READY = "pending", "ready"  # states of a document

schema = sa.MetaData()

documents = sa.Table(
    "documents",
    schema,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("path", sa.String, nullable=False, index=True),
    sa.Column("digest", sa.String, nullable=False, index=True),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("stamp", sa.JSON, nullable=False),
    sa.Column("metadata", sa.JSON, nullable=False),
    sa.Column("headings", sa.JSON, nullable=False),
    sa.Column("page_starts", sa.JSON, nullable=False),
    sa.Column("recognised", sa.JSON, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("characters", sa.Integer, nullable=False),
    sa.Column("passages", sa.Integer, nullable=False),
    sa.Column("added", sa.String, nullable=False),
    sa.Column("signature", sa.LargeBinary, nullable=False),
)

bands = sa.Table(
    "bands",
    schema,
    sa.Column("band", sa.String, primary_key=True),
    sa.Column("document_id", sa.ForeignKey("documents.id"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

near_duplicates = sa.Table(
    "near_duplicates",
    schema,
    sa.Column("document_id", sa.ForeignKey("documents.id"), primary_key=True),
    sa.Column("other_id", sa.ForeignKey("documents.id"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

passages = sa.Table(
    "passages",
    schema,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("document_id", sa.ForeignKey("documents.id"), nullable=False, index=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("page", sa.Integer),
    sa.Column("heading_path", sa.JSON, nullable=False),
    sa.Column("header_start", sa.Integer),
    sa.Column("header_end", sa.Integer),
    sa.Column("header_page", sa.Integer),
    sa.Column("embedding", sa.LargeBinary, nullable=False),
)

problems = sa.Table(
    "problems",
    schema,
    sa.Column("path", sa.String, primary_key=True),
    sa.Column("stamp", sa.JSON, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("seen", sa.String, nullable=False),
)

facts = sa.Table(
    "facts", schema, sa.Column("name", sa.String, primary_key=True), sa.Column("value", sa.String, nullable=False)
)
