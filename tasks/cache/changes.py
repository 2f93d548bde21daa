"""Why a step has to run again: the differences between its key and the record of an earlier run."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tasks.cache.code import changed_files, code_of
from tasks.cache.key import Key
from tasks.cache.record import Record, ingredients_of

MOST_NAMED = 3


def changes(record: Record, key: Key) -> list[str]:
    """Return the differences as phrases such as `epochs 50 -> 60`, settings first and code last."""
    old, new = ingredients_of(record), key.ingredients
    code = list(changed_files(record["files"], code_of(*key.code).files)) or ["its code changed"]
    return [
        *changed_values(flat(old["settings"]), flat(new["settings"])),
        *changed_inputs(old["inputs"], new["inputs"]),
        *changed_values(old["versions"], new["versions"]),
        *(some(code) if old["code"] != new["code"] else []),
    ]


def flat(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return nested settings as a flat mapping."""
    found: dict[str, Any] = {}
    for name, value in settings.items():
        found |= flat(value) if isinstance(value, dict) else {name: value}
    return found


def nearest(records: Sequence[Record], key: Key) -> list[str] | None:
    """Return the changes since the record most like the key; None if there are no records.

    Of equally similar records, the first one counts.
    """
    return min((changes(record, key) for record in records), key=len, default=None)


def changed_values(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Yield a phrase for each value that differs."""
    for name in [*new, *(old.keys() - new.keys())]:
        if old.get(name) != new.get(name):
            yield f"{name} {in_words(old.get(name))} -> {in_words(new.get(name))}"


def changed_inputs(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """Return a phrase for each input whose content differs."""
    return some([f"input {name} changed" for name in new if old.get(name) != new[name]])


def some(phrases: list[str]) -> list[str]:
    """Return the first three phrases and, if there are more, one that says how many."""
    more = len(phrases) - MOST_NAMED
    return [*phrases[:MOST_NAMED], f"{more} more"] if more > 0 else phrases


def in_words(value: Any) -> str:
    """Return a value as text; None and empty lists become a dash."""
    if value is None or value == []:
        return "–"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
