"""Compiled code of an older source is not used: kernels/cpu/stale.py."""

import pytest

from kernels.cpu.stale import forget_stale_code


@pytest.fixture
def folder(tmp_path):
    for name in ("loops.py", "rules.py", "__pycache__/loops.add-1.nbi", "__pycache__/loops.pyc"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("1")
    forget_stale_code(tmp_path.glob("*.py"), [tmp_path])
    return tmp_path


def kept(folder):
    compiled = folder / "__pycache__" / "loops.add-1.nbi"
    compiled.touch()
    forget_stale_code(folder.glob("*.py"), [folder])
    return compiled.exists()


def test_code_compiled_before_the_first_look_is_not_trusted(folder):
    assert not (folder / "__pycache__" / "loops.add-1.nbi").exists()
    assert (folder / "__pycache__" / "loops.pyc").exists()


def test_compiled_code_is_kept_while_no_source_changes(folder):
    assert kept(folder)


def test_a_changed_new_or_lost_source_makes_all_compiled_code_stale(folder):
    (folder / "rules.py").write_text("12")
    assert not kept(folder)
    assert kept(folder)
    (folder / "more.py").write_text("1")
    assert not kept(folder)
    (folder / "rules.py").unlink()
    assert not kept(folder)
