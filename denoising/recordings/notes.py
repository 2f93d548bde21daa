"""What was taken for granted of recordings, in sentences."""

from collections.abc import Iterable


def by_note(notes: Iterable[tuple[str, str]]) -> list[str]:
    """Return notes on recordings, each behind a name, as sentences; the same note is told once."""
    files: dict[str, list[str]] = {}
    for file, note in notes:
        if note:
            files.setdefault(note, []).append(file)
    return [
        f"{first}{f' and {len(others)} more' if others else ''}: {note}."
        for note, (first, *others) in files.items()
    ]
