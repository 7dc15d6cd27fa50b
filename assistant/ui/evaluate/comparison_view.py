"""Two runs side by side: what changed, by how much, and which cases flipped."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from assistant.evaluation.captions import gate_sentence, same_sentence
from assistant.evaluation.comparison import Comparison, Difference, compare
from assistant.evaluation.store import Run
from assistant.ui.markup import counted, plain

_SIGNED = "%+.3f"


def show_comparison(before: Run, after: Run) -> None:
    """Show what became of the earlier run's figures in the later one.

    Raises:
        EvaluationError: The runs have no case in common.
    """
    comparison = _compare(before.head.id, after.head.id, before, after)
    st.header(f"From {before.head.id} to {after.head.id}", anchor=False)
    if comparison.drops:
        st.error(plain(gate_sentence(comparison)))
    else:
        st.success(plain(gate_sentence(comparison)))
    changed = "; ".join(f"{each.what}: {each.before} → {each.after}" for each in comparison.changed)
    left_out = f" {counted(comparison.left_out, 'case')} left out." if comparison.left_out else ""
    st.caption(plain(f"What was changed: {changed or 'nothing'}.{left_out}"))
    if same := same_sentence(comparison):
        st.caption(plain(same))
    if comparison.moved:
        _show_differences(comparison.moved)
    st.subheader(f"{counted(len(comparison.flips), 'case')} flipped", anchor=False)
    if comparison.flips:
        st.dataframe(
            {
                "Case": [flip.case for flip in comparison.flips],
                "Before": [flip.before for flip in comparison.flips],
                "After": [flip.after for flip in comparison.flips],
                "Question": [flip.question for flip in comparison.flips],
            },
            hide_index=True,
            alt="The cases with another outcome",
        )


def _show_differences(differences: Sequence[Difference]) -> None:
    st.dataframe(
        {
            "Figure": [each.name for each in differences],
            "Before": [each.before for each in differences],
            "After": [each.after for each in differences],
            "Change": [each.change for each in differences],
            "From": [each.low for each in differences],
            "To": [each.high for each in differences],
            "p": [each.p for each in differences],
        },
        column_config={
            **{name: st.column_config.NumberColumn(format="%.3f") for name in ("Before", "After", "p")},
            **{name: st.column_config.NumberColumn(format=_SIGNED) for name in ("Change", "From", "To")},
        },
        hide_index=True,
        alt="Differences of the figures with their 95% intervals and p-values",
    )


@st.cache_resource(max_entries=8, show_spinner="Comparing the runs …")
def _compare(before: str, after: str, _before: Run, _after: Run) -> Comparison:  # noqa: ARG001 - the ids are the key
    return compare(_before, _after)
