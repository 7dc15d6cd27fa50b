"""Turns every source in ``corpus/sources/`` into the document that staff would meet.

``corpus/sources/<folder>/<name>.<ext>.md`` becomes ``corpus/documents/<folder>/<name>.<ext>`` and,
unless it is a text file that carries its own front matter, ``<name>.<ext>.meta.yaml`` beside it.
The same source gives the same bytes on the same machine with the same versions: dates come from
``published``, noise is seeded by the path, archive entries are sorted and carry a fixed time.

Run from the root of the project::

    python -m corpus.builder           # build all
    python -m corpus.builder --check   # compare with what stands in corpus/documents/

PDFs embed subsets of two free fonts, which Debian has as ``fonts-liberation2`` (Latin) and
``fonts-wqy-microhei`` (Chinese, simplified and traditional)::

    apt-get install fonts-liberation2 fonts-wqy-microhei

Modules: ``source`` reads a source into blocks; ``pdf``, ``scan``, ``word``, ``slides``, ``workbook``,
``webpage`` and ``plain_text`` each write one format; ``archive`` and ``fonts`` serve several of them;
``compare`` is behind ``--check``.
"""
