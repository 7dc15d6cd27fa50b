"""Every knob in one place, read from ``ASSISTANT_*`` variables and ``.env``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import SettingsError


class Settings(BaseSettings):
    """Settings of the assistant; each field is read from ``ASSISTANT_<FIELD>``."""

    model_config = SettingsConfigDict(env_prefix="ASSISTANT_", env_file=".env", extra="ignore", frozen=True)

    corpus: Annotated[Path, Field(description="Folder with documents/, questions.jsonl and glossary.csv")] = Path(
        "corpus"
    )
    documents_folder: Annotated[
        Path | None, Field(description="The library folder; `documents/` in the corpus folder by default")
    ] = None
    models_folder: Annotated[
        Path | None, Field(description="Folder of the exported models; in the data folder by default")
    ] = None
    data: Annotated[
        Path, Field(description="Folder for the index, and for what cannot be made again: conversations, runs, trash")
    ] = Path(".assistant")
    embedding_model: Annotated[
        str,
        Field(
            description="`default` (all-MiniLM-L6-v2, bundled) or any sentence-transformers model, by name or folder"
        ),
    ] = "default"
    embedding_languages: Annotated[
        str,
        Field(
            description="Languages the embedding model reads, comma-separated, or `all`; it gets Chinese in English"
            " word for word if it does not read it"
        ),
    ] = "en"
    reranker_model: Annotated[
        str | None, Field(description="A sentence-transformers CrossEncoder; none by default")
    ] = None
    model: Annotated[
        str | None,
        Field(description="Chat model that writes answers, as `provider:model`; extracted by default"),
    ] = None
    model_url: Annotated[
        str | None, Field(description="Address of the chat model's server; the provider's own by default")
    ] = None
    model_key: Annotated[
        SecretStr | None,
        Field(description="Key for the chat model; the provider's own variable by default, except with an address"),
    ] = None
    model_context_tokens: Annotated[
        int, Field(ge=2000, description="Tokens that the chat model reads and writes at most in one call")
    ] = 8192
    model_output_tokens: Annotated[
        int, Field(ge=200, description="Tokens that the chat model writes at most in one call")
    ] = 1500
    model_question_tokens: Annotated[
        int, Field(ge=2000, description="Tokens that one question may cost, over all calls")
    ] = 30_000
    model_seconds: Annotated[
        float, Field(gt=0, le=3600, description="Seconds that the chat model may take for one question")
    ] = 60
    chroma_url: Annotated[str | None, Field(description="Address of a Chroma server; embedded Chroma by default")] = (
        None
    )
    database_url: Annotated[str | None, Field(description="SQLAlchemy URL of the catalogue; SQLite by default")] = None
    history_url: Annotated[
        str | None,
        Field(description="SQLAlchemy URL of conversations and feedback; SQLite in the data folder by default"),
    ] = None
    passage_words: Annotated[int, Field(ge=40, le=1000, description="Target length of a passage, in words")] = 200
    candidates: Annotated[int, Field(ge=10, le=1000, description="Passages fetched from each retriever")] = 100
    dense_weight: Annotated[float, Field(ge=0, le=1, description="Weight of the vectors when scores are fused")] = 0.4
    use_glossary: Annotated[
        bool, Field(description="Know one thing by its names of the glossary and the vocabulary")
    ] = True
    hits: Annotated[int, Field(ge=1, le=50, description="Passages an answer is drawn from")] = 10
    hits_per_document: Annotated[int, Field(ge=1, le=50, description="At most so many passages of one document")] = 5
    max_claims: Annotated[int, Field(ge=1, le=20, description="At most so many sentences in an extracted answer")] = 6
    refusal_threshold: Annotated[
        float | None,
        Field(ge=0, le=1, description="Refuse below this confidence; fitted by default"),
    ] = None
    max_file_megabytes: Annotated[int, Field(ge=1, description="Files above this size are not indexed")] = 100
    read_seconds: Annotated[
        int, Field(ge=1, description="Files that take longer to read are given up; each MB adds 30 seconds")
    ] = 120
    read_megabytes: Annotated[
        int, Field(ge=300, description="Files that take more memory than this to read are given up")
    ] = 2000
    ocr: Annotated[bool, Field(description="Read scanned pages, where the extra `ocr` is installed")] = True
    max_question_words: Annotated[int, Field(ge=10, description="Longer questions are not answered")] = 1000

    @field_validator("model", "model_url", "model_key", mode="before")
    @classmethod
    def _blank_is_none(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("model_url")
    @classmethod
    def _url_is_shown_and_so_holds_no_secret(cls, value: str | None) -> str | None:
        if value is not None and re.fullmatch(r"https?://[^\s/@?#]+(/[^\s@?#]*)?", value) is None:
            message = "must be an address such as http://localhost:8000/v1, without user, password or query"
            raise ValueError(message)
        return value

    @field_validator("model_output_tokens")
    @classmethod
    def _there_is_room_for_passages(cls, value: int, info: ValidationInfo) -> int:
        if value * 2 > info.data.get("model_context_tokens", value * 2):
            message = "must be at most half of ASSISTANT_MODEL_CONTEXT_TOKENS"
            raise ValueError(message)
        return value

    @field_validator("embedding_languages")
    @classmethod
    def _languages_are_named(cls, value: str) -> str:
        if not all(part.strip() for part in value.split(",")):
            message = "must be a comma-separated list such as `en,zh`, or `all`"
            raise ValueError(message)
        return value

    @property
    def documents(self) -> Path:
        """The library folder."""
        return self.documents_folder or self.corpus / "documents"

    @property
    def questions(self) -> Path:
        """The project's own test set."""
        return self.corpus / "questions.jsonl"

    @property
    def glossary(self) -> Path:
        """Term pairs that carry questions across languages."""
        return self.corpus / "glossary.csv"

    @property
    def models(self) -> Path:
        """Folder of the exported embedding model."""
        return self.models_folder or self.data / "models"

    @property
    def max_file_bytes(self) -> int:
        """Files above this size are not indexed."""
        return self.max_file_megabytes * 1_000_000

    @property
    def readable_languages(self) -> frozenset[str] | None:
        """Primary tags of the languages that the embedding model reads; None means all."""
        named = frozenset(part.strip().lower() for part in self.embedding_languages.split(","))
        return None if "all" in named else named

    @property
    def index(self) -> Path:
        """Folder of the index; it can be deleted and comes back the same."""
        return self.data / "index"

    @property
    def trash(self) -> Path:
        """Folder of removed documents.

        In the data folder, which belongs to one library alone, and never inside the library, where
        it would be indexed; beside the index, which may be deleted at any time.
        """
        return self.data / "trash"

    @property
    def runs(self) -> Path:
        """Folder of evaluation runs; they cannot be made again, so it stands beside the index."""
        return self.data / "runs"

    @property
    def drafts(self) -> Path:
        """File of the draft cases that wait for a curator."""
        return self.data / "drafts.jsonl"


def load_settings() -> Settings:
    """Settings from the environment and ``.env``.

    Raises:
        SettingsError: A variable has a value that cannot be; the message names it.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = (f"ASSISTANT_{'_'.join(map(str, each['loc'])).upper()}: {each['msg']}" for each in error.errors())
        raise SettingsError(f"A setting cannot be used ({'; '.join(faults)}); mend it and start again.") from error
