"""The order of the depths beside the original's: 2 < 4 < 6 < 8 at alpha 0.1, 2 and 4 too near at 0.4."""

from denoising.report.order import NO_BREAK, order_beside_original
from denoising.report.sweep import original
from tests.denoising.figures.studies import make_study, with_mse


def told(alphas: tuple[float, ...], *mse: float, depths: tuple[int, ...] = (2, 4, 6)) -> tuple[str, ...]:
    """The sentences for these errors, by depth and then by alpha."""
    study = with_mse(make_study(depths=depths, alphas=alphas), list(mse))
    return tuple(said.replace(NO_BREAK, " ") for said in order_beside_original(study))


def test_another_order_is_told_and_the_same_is_told_to_agree() -> None:
    other, orders, settings = told((0.1,), 0.2, 0.1, 0.3)
    assert other == "At alpha 0.1 the order of depths is not that of the original post’s figure."
    assert "at alpha 0.1 depths 4 < 2 < 6 here and 2 < 4 < 6 there." in orders
    assert "16 channels" in settings
    same, orders, _ = told((0.1,), 0.1, 0.2, 0.3)
    assert same.startswith("At alpha 0.1 the order of depths agrees with that of the original post’s figure")
    assert "2 < 4 < 6 here and 2 < 4 < 6 there." in orders
    assert "≈" not in orders


def test_noise_levels_are_told_apart() -> None:
    said, orders, _ = told((0.1, 0.2), 0.2, 0.1, 0.1, 0.2, 0.3, 0.3)
    assert said.startswith("At alpha 0.1 the order of depths is not that")
    assert "At alpha 0.2 it agrees" in said
    assert "; at alpha 0.2 depths 2 < 4 < 6 here" in orders


def test_depths_that_either_does_not_tell_apart_contradict_nothing() -> None:
    agrees, orders, _ = told((0.4,), 0.2, 0.1, 0.3)
    assert "agrees" in agrees
    assert "4 < 2 < 6 here and 2 ≈ 4 < 6 there. “≈” stands" in orders
    agrees, orders, _ = told((0.1,), 0.1, 0.1, 0.3)
    assert "agrees" in agrees
    assert "2 ≈ 4 < 6 here" in orders


def test_only_what_both_have_is_compared() -> None:
    assert (
        "depths 2 < 8 here and 2 < 8 there"
        in told((0.1, 0.5), 0.1, 0.1, 0.2, 0.2, 0.3, 0.3, depths=(2, 3, 8))[1]
    )
    assert told((0.5,), 0.1, 0.2, 0.3) == ()
    assert told((0.1,), 0.1, depths=(2,)) == ()
    assert order_beside_original(make_study(failed=None)) == ()


def test_it_has_a_section_of_its_own_also_where_no_curves_can_be_compared() -> None:
    study = make_study()
    (section,) = original(study)
    assert section.sentences == order_beside_original(study) != ()
    assert section.table is None
