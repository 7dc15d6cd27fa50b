from __future__ import annotations

import pytest

from assistant.errors import EvaluationError
from assistant.services.variants import AS_SET, VARIANTS, variants_of, varied
from assistant.settings import Settings


def test_every_variant_differs_from_the_settings() -> None:
    settings = Settings(passage_words=120, reranker_model="some")
    names = variants_of(settings)
    assert names[0] == AS_SET
    assert "passages of 120 words" not in names
    assert {"without reranker", "passages of 200 words"} <= set(names)
    assert all(varied(settings, name) != settings for name in names[1:])


def test_other_passages_have_an_index_of_their_own() -> None:
    settings = Settings(database_url="postgresql://server/db", chroma_url="http://server")
    assert varied(settings, "vectors alone").index == settings.index
    assert varied(settings, "vectors alone").database_url == settings.database_url
    longer = varied(settings, "passages of 300 words")
    assert longer.index != settings.index
    assert (longer.models, longer.documents) == (settings.models, settings.documents)
    assert (longer.database_url, longer.chroma_url) == (None, None)
    with pytest.raises(EvaluationError, match="no variant"):
        varied(settings, "upside down")


def test_variants_are_of_settings_that_there_are() -> None:
    assert {field for changes in VARIANTS.values() for field in changes} <= set(Settings.model_fields)
