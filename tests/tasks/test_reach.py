"""What a fingerprint follows in the language, tried on a small program."""
# ruff: noqa: E501 (an edit a line)

from pathlib import Path

import pytest

from tasks.fingerprint import Fingerprint
from tasks.reach import reach
from tasks.source import Code

PROGRAM = {
    "tasks/main.py": """
import denoising.plain
from denoising import shapes as forms
from denoising.base import Child, factory, table, unused
from denoising.wrap import one, two

LIMIT = 3

@one
@two
def decorated(x):
    return x

def body(x: "Quoted", scale=LIMIT, *, key=lambda y: forms.edge(y)):
    from denoising.late import late
    child = Child()
    made = factory(2)
    squares = [unused for unused in range(3)]
    def other(y):
        from denoising.late import late as factory
        return factory(y)
    def inner(y):
        return forms.area(y) + decorated(y) + late(y)
    print(x, file=denoising.plain.Tee())
    return inner(child.run(x)) + made(x) + table["a"](x) + denoising.plain.value() + getattr(child, "by_name")

class Quoted:
    def run(self):
        return 1
""",
    "tasks/other.py": """
def call(child):
    return child.never() + child.property_of_others
""",
    "denoising/__init__.py": "",
    "denoising/base.py": """
from denoising.deep import Mixin, Parent

OFFSET = 1
COUNT: int = 0

class Child(Parent, Mixin):
    FACTOR = 2
    def run(self, x):
        return self.helper(x) * self.FACTOR + super().run(x) + self.size
    def helper(self, x):
        return x + OFFSET
    def by_name(self):
        return 7
    def never(self):
        return 0
    @property
    def size(self):
        return 5
    def __len__(self):
        return 6

def factory(n):
    def made(x):
        return x * n + bias()
    return made

def bias():
    global COUNT
    COUNT += 1
    return 1

def entry(x):
    return x

table = {"a": entry}

def unused(x):
    return -x
""",
    "denoising/deep.py": """
class Parent:
    def run(self, x):
        return x + self.hook()
    def hook(self):
        return 0
class Mixin:
    def mixed(self):
        return 8
    def never(self):
        return 9
""",
    "denoising/wrap.py": """
REGISTERED = []
def one(function):
    return function
def two(function):
    REGISTERED.append(function)
    return function
""",
    "denoising/shapes.py": """
from denoising.registered import RULES
def area(y):
    return y * y + len(RULES)
def edge(y):
    return y
def volume(y):
    return y * y * y
""",
    "denoising/registered.py": """
RULES = []
def register(function):
    RULES.append(function)
    return function
@register
def rule():
    return 1
def no_rule():
    return 2
""",
    "denoising/plain.py": """
import math as m
def value():
    return m.pi
class Tee:
    def write(self, text):
        return len(text)
""",
    "denoising/late.py": """
try:
    from math import floor as near
except ImportError:
    near = round
def late(y):
    return near(y)
""",
    "denoising/patching.py": "import denoising.base\n\ndenoising.base.OFFSET = 5\n",
    "denoising/data.txt": "data",
    "flows/main.py": "X = 1\n",
}

CHANGED = {
    "method": ("denoising/base.py", "self.helper(x) *", "self.helper(x) +"),
    "method of a method": ("denoising/base.py", "return x + OFFSET", "return x - OFFSET"),
    "constant of a method": ("denoising/base.py", "OFFSET = 1", "OFFSET = 2"),
    "class attribute": ("denoising/base.py", "FACTOR = 2", "FACTOR = 3"),
    "property": ("denoising/base.py", "return 5", "return 4"),
    "special method": ("denoising/base.py", "return 6", "return 4"),
    "method by name": ("denoising/base.py", "return 7", "return 4"),
    "inherited method": ("denoising/deep.py", "return x + self.hook()", "return x"),
    "hook of a base": ("denoising/deep.py", "return 0", "return 1"),
    "method that overrides a hook": ("denoising/base.py", "    def never", "    def hook(self):\n        return 1\n    def never"),
    "order of bases": ("denoising/base.py", "(Parent, Mixin)", "(Mixin, Parent)"),
    "base from elsewhere": ("denoising/base.py", "from denoising.deep import Mixin, Parent", "from denoising.deep import Mixin, Mixin as Parent"),
    "closure": ("denoising/base.py", "x * n + bias()", "x * n - bias()"),
    "what a closure calls": ("denoising/base.py", "    return 1\n\ndef entry", "    return 2\n\ndef entry"),
    "global that is counted": ("denoising/base.py", "COUNT: int = 0", "COUNT: int = 1"),
    "function in a table": ("denoising/base.py", "    return x\n", "    return x + 1\n"),
    "order of decorators": ("tasks/main.py", "@one\n@two", "@two\n@one"),
    "decorator": ("denoising/wrap.py", "    return function\n", "    return lambda x: x\n"),
    "default": ("tasks/main.py", "LIMIT = 3", "LIMIT = 4"),
    "lambda in a default": ("denoising/shapes.py", "    return y\n", "    return -y\n"),
    "through an alias of a module": ("denoising/shapes.py", "y * y + len", "y + len"),
    "alias of a module": ("tasks/main.py", "import shapes as forms", "import base as forms"),
    "dotted module": ("denoising/plain.py", "m.pi", "m.e"),
    "alias of a library": ("denoising/plain.py", "import math as m", "import cmath as m"),
    "import in a function": ("denoising/late.py", "return near(y)", "return -near(y)"),
    "import that is tried": ("denoising/late.py", "floor as near", "ceil as near"),
    "import instead of it": ("denoising/late.py", "near = round", "near = int"),
    "registered function": ("denoising/registered.py", "return 1", "return 3"),
    "register": ("denoising/registered.py", "RULES = []", "RULES = [None]"),
    "method that a library calls": ("denoising/plain.py", "return len(text)", "return 0"),
    "class in a quoted annotation": ("tasks/main.py", "        return 1\n", "        return 2\n"),
    "data file": ("denoising/data.txt", "data", "other data"),
    "patch by an imported module": ("denoising/deep.py", "class Parent", "import denoising.plain\ndenoising.plain.m = None\nclass Parent"),
    "name hidden by a definition": ("tasks/main.py", "LIMIT = 3", "LIMIT = 3\ndef factory(n):\n    return n"),
    "name bound twice": ("denoising/base.py", "def unused", "def bias():\n    return 5\ndef unused"),
    "new import on the way": ("denoising/wrap.py", "REGISTERED = []", "import denoising.patching\nREGISTERED = []"),
}  # fmt: skip

UNCHANGED = {
    "method that nobody asks for": (
        "denoising/base.py",
        "    def never",
        "    def ever(self):\n        return 1\n    def never",
    ),
    "method that nobody on the way asks for": (
        "denoising/base.py",
        "        return 0\n",
        "        return 1\n",
    ),
    "method of a base that nobody asks for": ("denoising/deep.py", "return 9", "return 1"),
    "function hidden by a local name": ("denoising/base.py", "return -x", "return +x"),
    "function that nobody calls": ("denoising/shapes.py", "y * y * y", "y"),
    "function beside a register": ("denoising/registered.py", "return 2", "return 3"),
    "caller": ("tasks/other.py", "child.never()", "1"),
    "flow": ("flows/main.py", "X = 1", "X = 2"),
    "comment": ("denoising/deep.py", "class Mixin:", "class Mixin:  # to mix in"),
    "docstring": ("denoising/deep.py", "class Mixin:", 'class Mixin:\n    """To mix in."""'),
}

UNRESOLVED = {
    "getattr of a computed name": ("return x * n + bias()", "return getattr(made, x)", "denoising.base.factory: `getattr` of a computed name"),
    "eval": ("return x * n + bias()", "return eval(x)", "denoising.base.factory: `eval`"),
    "globals": ("return x * n + bias()", "return globals()[x]", "denoising.base.factory: `globals`"),
    "import by name": ("return x * n + bias()", "return importlib.import_module(x)", "denoising.base.factory: `import_module`"),
    "docstring that is read": ("return x * n + bias()", "return made.__doc__", "denoising.base.factory: `__doc__`"),
    "star": ("OFFSET = 1", "from denoising.plain import *\nOFFSET = 1", "denoising.base.(on import): `import *`"),
    "subclasses": ("    def never", "    def __init_subclass__(cls):\n        pass\n    def never", "denoising.base.Child.__init_subclass__: `__init_subclass__`"),
    "unknown name": ("Mixin, Parent\n", "Mixin, Parent\nfrom denoising.deep import Nothing as OFFSET\n", "denoising.deep.Nothing: no such name"),
    "unknown module": ("from denoising.deep import", "from denoising.shallow import", "denoising.shallow.Mixin: no such name"),
}  # fmt: skip


def write(root: Path, changes: dict[str, str]) -> Fingerprint:
    for file, text in {**PROGRAM, **changes}.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text)
    return reach("tasks.main.body", Code(root))


def edited(tmp_path: Path, file: str, old: str, new: str) -> tuple[Fingerprint, Fingerprint]:
    """The fingerprints before and after an edit."""
    assert old in PROGRAM[file]
    before = write(tmp_path / "before", {})
    return before, write(tmp_path / "after", {file: PROGRAM[file].replace(old, new, 1)})


@pytest.mark.parametrize(("file", "old", "new"), CHANGED.values(), ids=CHANGED)
def test_what_is_called_read_or_inherited_counts(tmp_path: Path, file: str, old: str, new: str) -> None:
    before, after = edited(tmp_path, file, old, new)
    assert before.digest != after.digest
    assert before.unresolved == []


@pytest.mark.parametrize(("file", "old", "new"), UNCHANGED.values(), ids=UNCHANGED)
def test_what_is_not_does_not(tmp_path: Path, file: str, old: str, new: str) -> None:
    before, after = edited(tmp_path, file, old, new)
    assert before.digest == after.digest


@pytest.mark.parametrize(("old", "new", "said"), UNRESOLVED.values(), ids=UNRESOLVED)
def test_where_reading_cannot_tell_all_code_counts_and_that_is_said(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    base = PROGRAM["denoising/base.py"].replace(old, new, 1)
    _, unresolved = edited(tmp_path, "denoising/base.py", old, new)
    assert said in unresolved.unresolved
    for file in ("tasks/other.py", "flows/main.py", "denoising/shapes.py"):
        more = {"denoising/base.py": base, file: PROGRAM[file] + "\nMORE = 1\n"}
        assert write(tmp_path / file.replace("/", "-"), more).digest != unresolved.digest


def test_a_function_that_is_not_there_is_no_fingerprint(tmp_path: Path) -> None:
    write(tmp_path, {})
    with pytest.raises(LookupError, match=r"tasks\.main\.nobody: there is no such function"):
        reach("tasks.main.nobody", Code(tmp_path))


def test_what_changed_is_named(tmp_path: Path) -> None:
    before, after = edited(tmp_path, "denoising/base.py", "return x + OFFSET", "return x - OFFSET")
    assert before.definitions.keys() == after.definitions.keys()
    changed = [name for name, digest in after.definitions.items() if before.definitions[name] != digest]
    assert changed == ["denoising.base.Child.helper"]
