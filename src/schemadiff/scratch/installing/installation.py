"""Copies of Postgres programs in the cache, to which extensions can be added.

The server finds its share folder by its place relative to the running program. So a copy that keeps these
places works anywhere, can be entered by the server's user, and its extension folder is ours to write to.
"""

import os
import re
import shutil
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from schemadiff.scratch.installing.binaries import Binaries
from schemadiff.scratch.installing.cache import make_folder, mark, once
from schemadiff.scratch.stand_ins.known import known_stand_ins
from schemadiff.scratch.stand_ins.stand_in import MARK, StandIn

_LEFT_OUT = shutil.ignore_patterns("*.a", "bitcode", "pgxs", "pkgconfig", "doc", "man", "locale", "include", "llvmjit*")
_EXTENSION_NAME = re.compile(r"[A-Za-z0-9_]+(-[A-Za-z0-9_]+)*")
_VERSION = re.compile(r"[A-Za-z0-9_.+]+(-[A-Za-z0-9_.+]+)*")


@dataclass(frozen=True, slots=True)
class Installation:
    """A runnable copy of Postgres programs; `behind` are other folders that its links and run paths lead to."""

    programs: Path
    share: Path
    modules: Path
    libraries: tuple[Path, ...]
    root: Path
    behind: tuple[Path, ...] = ()

    @property
    def environment(self) -> dict[str, str]:
        """What the programs see of the environment: nothing of the caller's."""
        unicode_data = self.share / "icu"
        return {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath, "OPENSSL_CONF": os.devnull} | (
            {"ICU_DATA": str(unicode_data)} if unicode_data.is_dir() else {}
        )

    def has_extension(self, name: str) -> bool:
        """Whether CREATE EXTENSION finds `name`."""
        return self._control(name).is_file()

    def has_stand_in(self, name: str) -> bool:
        """Whether what CREATE EXTENSION finds is no more than a stand-in."""
        return self.has_extension(name) and self._control(name).read_text("utf-8").startswith(MARK)

    def add_extension(self, stand_in: StandIn) -> bool:
        """Writes a stand-in; False if Postgres allows no such name or version."""
        if not (_EXTENSION_NAME.fullmatch(stand_in.name) and _VERSION.fullmatch(stand_in.version)):
            return False
        _own(self.share / "extension")
        _write(self.share / "extension" / f"{stand_in.name}--{stand_in.version}.sql", stand_in.script)
        _write(self._control(stand_in.name), stand_in.control)
        return True

    def add_version(self, name: str, known: str, version: str) -> bool:
        """Lets the `known` version of an extension stand in for another one; False if Postgres allows no such name."""
        if not (_EXTENSION_NAME.fullmatch(name) and all(map(_VERSION.fullmatch, (known, version)))):
            return False
        _own(self.share / "extension")
        _write(self.share / "extension" / f"{name}--{known}--{version}.sql", "")
        return True

    def _control(self, name: str) -> Path:
        return self.share / "extension" / f"{name}.control"


def installation(binaries: Binaries, cache: Path) -> Installation:
    """The copy of `binaries` in the cache, created the first time, with stand-ins for contrib extensions it lacks."""
    stand_ins = known_stand_ins()
    key = sha256(repr((binaries.digest, MARK, sorted(stand_ins.items()))).encode()).hexdigest()[:16]

    def build(fresh: Path) -> None:
        copy = _placed(binaries, fresh)
        make_folder(fresh)
        mark(fresh)
        _copy_programs(binaries, copy)
        for name, stand_in in stand_ins.items():
            if not copy.has_extension(name):
                copy.add_extension(stand_in)

    copy = _placed(binaries, once(cache / "installations" / f"{binaries.version}-{key}", build))
    return replace(copy, behind=(binaries.modules, *binaries.libraries))


def linked(original: Installation, root: Path) -> Installation:
    """Links to `original` under `root`, with an extension folder that can be added to."""
    view = replace(_placed(original, root), behind=(original.root, *original.behind))
    make_folder(view.programs)
    make_folder(view.share)
    _link(original.programs / "postgres", view.programs / "postgres")
    libraries = zip(view.libraries, original.libraries, strict=True)
    for folder, target in [*libraries, (view.modules, original.modules)]:
        if not folder.exists():
            make_folder(folder.parent)
            folder.symlink_to(target)
    _link_entries(original.share, view.share)
    return view


def _placed(model: Binaries | Installation, root: Path) -> Installation:
    def moved(folder: Path) -> Path:
        return root / folder.relative_to(model.root)

    return Installation(
        moved(model.programs),
        moved(model.share),
        moved(model.modules),
        tuple(map(moved, model.libraries)),
        root,
    )


def _copy_programs(binaries: Binaries, copy: Installation) -> None:
    make_folder(copy.programs)
    for name in ("postgres", "initdb"):
        shutil.copy2(binaries.programs / name, copy.programs / name)
    pairs = [(binaries.share, copy.share), (binaries.modules, copy.modules)]
    for source, target in [*pairs, *zip(binaries.libraries, copy.libraries, strict=True)]:
        shutil.copytree(source, target, ignore=_LEFT_OUT, dirs_exist_ok=True)
    for folder, _, names in os.walk(copy.root):
        os.chmod(folder, 0o755)
        for name in names:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.parent == copy.programs else 0o644)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _link_entries(source: Path, target: Path) -> None:
    for entry in os.scandir(source):
        os.symlink(entry.path, target / entry.name)


def _own(folder: Path) -> None:
    """Replaces a link to a folder by a folder with links to its files, so that files can be added."""
    if folder.is_symlink():
        fresh = folder.with_name(f"{folder.name}.new")
        make_folder(fresh)
        _link_entries(folder.readlink(), fresh)
        folder.unlink()
        fresh.rename(folder)


def _write(path: Path, text: str) -> None:
    """Replaces the file at `path`, which may be a link to that of another installation."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(text, "utf-8")
    fresh.chmod(0o644)
    fresh.replace(path)
