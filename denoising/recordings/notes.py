"""What was taken for granted of recordings, in sentences."""

from collections.abc import Mapping


def by_note(notes: Mapping[str, str]) -> list[str]:
    """Return notes on recordings, by their names, as sentences; what is the same of several is told once."""
    files: dict[str, list[str]] = {}
    for file, note in notes.items():
        if note:
            files.setdefault(note, []).append(file)
    return [
        f"{first}{f' and {len(others)} more' if others else ''}: {note}."
        for note, (first, *others) in files.items()
    ]
