"""Shows and cleans the cache: `python flows/cache.py list | explain | pin | unpin | remove`. See `--help`."""

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

if not __package__:  # run by its file; ahead of any other `tasks` on the path
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if __name__ == "__main__":
    from flows.terminal.process import take_over

    take_over()

from flows.settings.kinds import beside_preset
from flows.settings.sweep_settings import Settings
from flows.terminal.command import Parser, flag, refuse
from flows.terminal.status import Status
from flows.walks.inventory import Inventory, size_of
from tasks.cache.changes import changed_values, in_words, some
from tasks.cache.code import changed_files, code_of
from tasks.cache.key import versions
from tasks.cache.latest import Latest
from tasks.cache.places import StoreError, full_name, place, unusable
from tasks.cache.record import DamagedError, Record, ingredients_of
from tasks.cache.store import Store, study_note, study_settings
from tasks.gather.from_folder import StudyError, name_of
from tasks.run.progress import may_go_on

ROOTS = ("data_dir", "artifacts_dir")
UNITS = ("B", "kB", "MB", "GB", "TB")


def parser() -> Parser:
    """Return the parser of the command line."""
    made = Parser(prog="cache.py", description="Show what the cache holds, and remove what no study needs.")
    for name in ROOTS:
        field = Settings.model_fields[name]
        made.add_argument(
            flag(name),
            default=field.get_default(),
            help=f"{field.description} Default: {field.get_default()}.",
        )
    commands = made.add_subparsers(
        dest="command", required=True, metavar="list | explain | pin | unpin | remove"
    )
    commands.add_parser(
        "list", help="List the studies, the newest first, what each needs and how it differs from its preset."
    )
    explain = commands.add_parser("explain", help="Show what an entry was made from and what changed since.")
    explain.add_argument("key", help="A key or its beginning, such as train/depth=4,alpha=0.2,seed=0.")
    pin = commands.add_parser("pin", help="Let 'latest' lead to a study, whatever runs after it.")
    pin.add_argument("study", help="Its name, or 'latest' for the one that ran last.")
    commands.add_parser("unpin", help="Let 'latest' lead to the study that ran last again.")
    remove = commands.add_parser("remove", help="Remove what no study needs; without --yes, only list it.")
    remove.add_argument(
        "--study", nargs="*", default=[], help="Studies to remove too, with everything that only they need."
    )
    remove.add_argument("--yes", action="store_true", help="Remove the files.")
    return made


def main(arguments: Sequence[str]) -> Status:
    """Run the command and return its exit status."""
    options = parser().parse_args(arguments)
    roots = {name: getattr(options, name) for name in ROOTS}
    for name, root in roots.items():
        try:
            roots[name] = full_name(root)
        except ValueError as error:
            return complain(f"{name} {root}: {error}")
        if why := unusable(roots[name], writing=False) or is_missing(roots[name]):
            return complain(f"{name} {root}: {why}")
    inventory = Inventory(Store(*map(place, roots.values())))
    try:
        if options.command == "list":
            print(*listed(inventory), sep="\n")
            return Status.DONE
        if options.command == "explain":
            return explain(options.key, inventory)
        if options.command == "pin":
            return pin(options.study, inventory.store)
        if options.command == "unpin":
            return unpin(inventory.store)
        return remove(options.study, options.yes, inventory)
    except (StudyError, StoreError) as error:
        return complain(str(error))


def is_missing(root: str) -> str | None:
    """Return why nothing can be cached in a folder; None if it is there, or in an object store."""
    where = place(root)
    there = not isinstance(where, Path) or where.is_dir()
    return None if there else "there is no such folder; run a study first"


def listed(inventory: Inventory) -> Iterator[str]:
    """Yield the lines of a table of the studies, then one on what no study needs and one on a pin."""
    rows = [("study", "cells", "records", "files", "size", "last run", "differs from its preset in")]
    for name, needs in inventory.studies.items():
        files = inventory.files(needs.keys)
        cells = sum(key.startswith("evaluate/") for key in needs.keys if key in inventory.records)
        notes = (each for each in (inventory.store.artifacts / name).glob("*.json") if each.is_file())
        run = max((each.stat().st_mtime for each in notes), default=0.0)
        note = inventory.store.read_note(study_note(name)) or {}
        rows.append(
            (
                name,
                str(cells),
                str(len(needs.keys & inventory.records.keys())),
                str(len(files)),
                in_bytes(sum(map(size_of, files))),
                minute(run),
                beside_preset(note.get("settings") or inventory.store.read_note(study_settings(name))),
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *others, last in rows:
        cells_of_row = zip(others, widths[1:-1], strict=True)
        yield "  ".join([f"{first:{widths[0]}}", *(f"{text:>{width}}" for text, width in cells_of_row), last])
    unneeded = inventory.unneeded()
    yield f"needed by no study: {len(unneeded.files)} files, {in_bytes(unneeded.bytes)}"
    latest = Latest(inventory.store)
    if pinned := latest.pinned:
        gone = "" if latest.has(pinned) else ", which is gone"
        yield f"latest is pinned to {pinned}{gone}; cache.py unpin ends that"


def pin(study: str, store: Store) -> Status:
    """Let `latest` lead to a finished study until it is unpinned.

    Raises:
        StudyError: there is no such study.
    """
    name = name_of(store, study)
    Latest(store).pin(name)
    print(f"latest is pinned to {name}, whatever runs from now on; cache.py unpin ends that")
    return Status.DONE


def unpin(store: Store) -> Status:
    """Let `latest` lead to the study that ran last, now and from now on."""
    Latest(store).unpin()
    print(f"latest is not pinned and leads to {store.latest or 'nothing'}")
    return Status.DONE


def explain(beginning: str, inventory: Inventory) -> Status:
    """Print what the newest entry whose key has this beginning was made from; return the exit status."""
    path = inventory.store.records
    found = [key for key in inventory.records if key.startswith(beginning)]
    if not found:
        return complain(f"key {beginning}: there is no such entry; see {path}")
    newest, *others = sorted(found, key=lambda key: (path / key).stat().st_mtime, reverse=True)
    print(newest)
    if others:
        print(f"  the newest of {len(found)} entries whose keys begin with {beginning}; the next ones are")
        print(*(f"    {key}" for key in some(others)), sep="\n")
    record = inventory.records[newest]
    try:
        inventory.store.read_record(newest)
        print("  whole: every file is what was written")
    except DamagedError as error:
        print(f"  damaged: {error}")
    print(*(f"  {line}" for line in (described(record) if record else ())), sep="\n")
    users = [name for name, needs in inventory.studies.items() if newest in needs.keys]
    print(f"  needed by: {', '.join(users) or 'no study'}")
    return Status.DONE


def described(record: Record) -> Iterator[str]:
    """Yield lines on what a record holds, then one on how code and versions have changed since."""
    ingredients = ingredients_of(record)
    for title in ("settings", "versions"):
        yield f"{title}: {', '.join(f'{k} {in_words(v)}' for k, v in ingredients[title].items())}"
    yield from (f"input {name}: {sha256[:16]}" for name, sha256 in ingredients["inputs"].items())
    yield f"code: {len(record['files'])} files, {ingredients['code'][:16]}"
    yield from (
        f"output {name}: {o['path']} ({in_bytes(o['bytes'])})" for name, o in record["outputs"].items()
    )
    yield from (f"{name}: {in_words(value)}" for name, value in record["values"].items())
    modules = record["modules"]
    code = code_of(*modules)
    since = list(changed_values(ingredients["versions"], versions(*modules)))
    if code.digest != ingredients["code"]:
        since += some(list(changed_files(record["files"], code.files)))
    yield f"changed since: {'; '.join(since) or 'neither code nor versions'}"


def remove(studies: Sequence[str], really: bool, inventory: Inventory) -> Status:
    """Remove, or only list, what no study except these needs; return the exit status.

    Args:
        studies: names of studies to remove too.
        really: remove the files instead of listing them.
        inventory: what the cache holds.
    """
    known, latest = list(inventory.studies), inventory.store.latest
    if latest and latest not in known and (inventory.store.artifacts / latest).exists():
        return complain(f"study {latest}: what the last study needs cannot be read; run it again first")
    for study in studies:
        if study not in known:
            return complain(f"study {study}: there is no such study; there are {', '.join(known) or 'none'}")
        if study == Latest(inventory.store).pinned:
            return complain(f"study {study}: latest is pinned to it; use cache.py unpin first")
        if study in (known[0], latest):  # of the first, the clock says so
            return complain(f"study {study}: it is the last one that was run; run another one first")
    if going_on := [run for run in inventory.store.runs.glob("*") if may_go_on(run)]:
        return complain(f"run {going_on[0].stem} is going on and may need anything; wait until it has ended")
    unneeded = inventory.unneeded(frozenset(studies))
    for path in unneeded.files:
        print(f"{in_bytes(size_of(path)):>9}  {path}")
    total = f"{len(unneeded.files)} files, {in_bytes(unneeded.bytes)}"
    if not really:
        print(f"would remove {total}; do it with --yes" if unneeded.files else "there is nothing to remove")
        return Status.DONE
    try:
        inventory.remove(unneeded)
    except OSError as error:
        complain(
            f"{error.filename or error}: it cannot be removed ({error.strerror}); the rest waits for that"
        )
        return Status.NOT_ALL_DONE
    print(f"removed {total}")
    return Status.DONE


def complain(problem: str) -> Status:
    """Print why nothing, or not all, was done and return the exit status of bad parameters."""
    return refuse("cache.py", [problem])


def minute(seconds: float) -> str:
    """Return a time of a file as text; those of a wrong clock may be in no calendar."""
    try:
        return f"{datetime.fromtimestamp(seconds):%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError, OSError):
        return "unknown"


def in_bytes(size: float) -> str:
    """Return a size as text, such as `1.2 MB`."""
    for unit in UNITS[:-1]:
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} {UNITS[-1]}"


if __name__ == "__main__":
    from flows.terminal.process import command_line

    command_line(main)
