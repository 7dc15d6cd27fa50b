"""The tables of the second database: what people asked and said, which nothing can make again."""

from __future__ import annotations

import sqlalchemy as sa

FORMAT = 1  # raised when an earlier release could no longer read what is written here

schema = sa.MetaData()

conversations = sa.Table(
    "conversations",
    schema,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("user", sa.String, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("named", sa.Boolean, nullable=False),  # by a person, not after the first question
    sa.Column("words", sa.Text, nullable=False),  # the title in the form in which it is searched
    sa.Column("created", sa.String, nullable=False),
    sa.Column("changed", sa.String, nullable=False),
    sa.Index("conversations_of_user", "user", "changed"),
)

exchanges = sa.Table(
    "exchanges",
    schema,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("conversation", sa.ForeignKey("conversations.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("filters", sa.Text, nullable=False),
    sa.Column("asked", sa.String, nullable=False),
    sa.Column("newest", sa.String),
    sa.Column("words", sa.Text, nullable=False),  # question and answer in the form in which they are searched
    sa.Column("feedback", sa.Text),
    sa.Column("given", sa.String, index=True),
    sa.UniqueConstraint("conversation", "number"),
    sqlite_autoincrement=True,  # a page that still shows a deleted exchange never means another one
)

citations = sa.Table(
    "citations",
    schema,
    sa.Column("exchange", sa.ForeignKey("exchanges.id"), primary_key=True),
    sa.Column("document", sa.String, primary_key=True, index=True),
    sa.Column("digest", sa.String, primary_key=True),
)

facts = sa.Table(
    "history_facts",
    schema,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("value", sa.String, nullable=False),
)
