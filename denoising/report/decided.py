"""What a study of recordings says: the decision, what it rests on and what speaks against it."""

from collections.abc import Iterator, Mapping, Sequence

from denoising.figures.recordings.words import (
    at_level,
    denoiser_words,
    interval_words,
    level_words,
    network_words,
)
from denoising.figures.wording import DASH, count, decibels, extent, listing, number
from denoising.study.decision import Measure, Recommendation
from denoising.study.recorded import RecordedStudy
from denoising.study.trust import Trust, trust

LOSSES: Mapping[Measure, str] = {
    "mse": "error",
    "second_mse": "error against the second recording",
    "j_invariant_loss": "hidden-sample loss",
}
FEW_PARTS = 5  # below which the interval is told to rest on few
FEW_TESTED = 3  # recordings, below which the interval is told to speak of these alone


def headline(study: RecordedStudy) -> str:
    """What to use; of several levels, in one sentence for those that agree."""
    if len(study.decisions) < 2:
        return decision_sentences(study)[0]
    found: dict[str, list[Recommendation]] = {}
    for decision in study.decisions:
        found.setdefault(winner_words(study, decision), []).append(decision)
    return " ".join(agreed(what, decisions) for what, decisions in found.items())


def agreed(what: str, decisions: Sequence[Recommendation]) -> str:
    """The decisions at the levels at which the same is to be used, in a sentence."""
    ratios = listing([level_words(each.level).removesuffix(" dB in") for each in decisions])
    of = "a signal-to-noise ratio" if len(decisions) == 1 else "signal-to-noise ratios"
    where = f"At {of} of {ratios} dB"
    winner = decisions[0].winner
    if winner in ("tie", "unknown"):
        why = {
            "tie": "there is no clear difference between the best network and the best classical denoiser",
            "unknown": "nothing is recommended, as the check below failed",
        }[winner]
        return f"{where}, {why}."
    is_network = winner == "network"
    gains = [each.network_db if is_network else each.classical_db for each in decisions]
    known = [gain for gain in gains if gain is not None]
    told = [f"it gains {between(known)} dB"] if known else []
    below = between([abs(each.difference_db) for each in decisions])
    other = "best classical denoiser" if is_network else "best network"
    told.append(f"its {LOSSES[decisions[0].measure]} lies {below} dB below that of the {other}")
    return f"{where}, use {what}: {listing(told)}."


def between(values: Sequence[float]) -> str:
    """The range of some numbers."""
    return extent(f"{min(values):.1f}", f"{max(values):.1f}")


def winner_words(study: RecordedStudy, decision: Recommendation) -> str:
    """What to use."""
    if decision.winner in ("tie", "unknown"):
        return "undecided" if decision.winner == "tie" else DASH
    if decision.winner == "network":
        return network_words(study, decision.depth, decision.variant)
    return denoiser_words(study, decision.denoiser)


def decision_sentences(study: RecordedStudy) -> list[str]:
    """The decision at each level, a sentence each."""
    if not study.decisions:
        return ["No network was measured, so nothing can be compared or recommended."]
    return [decision_words(study, decision) for decision in study.decisions]


def decision_words(study: RecordedStudy, decision: Recommendation) -> str:
    """A decision in a sentence."""
    results = {
        network_words(study, decision.depth, decision.variant): (decision.network_db, decision.network_loss),
        denoiser_words(study, decision.denoiser): (decision.classical_db, decision.classical_loss),
    }
    network, classical = (
        f"{name} ({f'{LOSSES[decision.measure]} {number(loss)}' if db is None else f'{decibels(db)} dB'})"
        for name, (db, loss) in results.items()
    )
    found = {
        "network": f"{network}; best classical: {classical}",
        "classical": f"{classical}; best network: {network}",
        "tie": f"no clear difference between {network} and {classical}",
        "unknown": f"nothing to recommend, as the check below failed; lowest are {network} and {classical}",
    }[decision.winner]
    where = at_level(decision.level)
    difference = f"difference {interval_words(decision)} dB, n {decision.n}"
    return f"{where[0].upper()}{where[1:]}: {found}; {difference}."


def reservation(study: RecordedStudy) -> str:
    """What the decision rests on."""
    if not study.decisions:
        return ""
    loss = LOSSES[study.decisions[0].measure]
    groups, tested = study.survey["group"].nunique(), len(tested_in(study))
    of = f"{tested} of {count(groups, 'recording or group')}" if groups > 1 else "the recording"
    return (
        f"Network and classical denoiser were chosen by their {loss} on validation windows. A network is "
        "called better, or worse, only where the 95% interval of their difference excludes 0. It is over n "
        f"parts of {of} that are for tests alone, and speaks of recordings like these."
    )


def tested_in(study: RecordedStudy) -> list[str]:
    """The recordings, or groups of them, that hold test windows."""
    return list(dict.fromkeys(study.survey.loc[study.survey["n_test"] > 0, "group"]))


def limits_of(study: RecordedStudy) -> tuple[str, ...]:
    """What is to be known before the decision is used, in sentences."""
    return (
        *([] if study.is_known else blindness(study)),
        *samples_told(study),
        *harm(study),
        *(f"{note}." for note in study.notes),
    )


def blindness(study: RecordedStudy) -> Iterator[str]:
    """Yield how far denoisers can be ranked without clean signals."""
    if any(decision.measure == "second_mse" for decision in study.decisions):
        yield (
            "No clean signal is known. Errors are against the second recording, whose noise is a part of "
            "each. So differences are smaller than those of the true errors. They are right if the noise of "
            "both is independent; what both have in common counts as signal."
        )
        return
    coloured = study.survey.loc[~study.survey["noise_looks_white"].astype(bool), "file"].nunique()
    if coloured:
        yield (
            f"The noise of {count(coloured, 'recording')} does not look white, or the signal reaches the "
            "highest frequencies. Of noise that neighbours share, hidden samples can be told, and a low loss "
            "may mean that noise was kept. A larger --mask-width hides the neighbours too, but must stay "
            "below the finest details of the signal. Look at what was removed."
        )
    yield (
        "No clean signal is known. The hidden-sample loss is the error of a denoiser that does not see the "
        "sample, not quite that of the one in use. Slow noise, such as drift or hum, counts as signal."
    )
    if found := trust(study.ranking):
        yield checked(found)


def checked(found: Trust) -> str:
    """What the check with doubled noise gave."""
    where = (
        "As a check, noise as strong as the recordings’ own was added, and "
        f"{count(found.n, 'denoiser')} were ranked by the loss and by their errors"
    )
    counted = "The check counts on noise that is white, normal and as strong as estimated."
    if found.n_negative:
        return (
            f"{where}. It failed: {found.n_negative} of the errors came out negative. So the noise is weaker "
            f"than estimated, or the errors are too small to be told from chance. {counted}"
        )
    return (
        f"{where}. The one with the lowest loss has an error {found.lost_db:.1f} dB above the lowest, and "
        f"the rank correlation is {number(found.correlation)}; "
        f"{'that will do' if found.holds else 'so the ranking cannot be trusted'}. {counted}"
    )


def samples_told(study: RecordedStudy) -> Iterator[str]:
    """Yield what is to be known of the recordings that were tested on."""
    survey = study.survey
    units = [unit or DASH for unit in dict.fromkeys(survey["unit"])]
    if len(units) > 1:
        yield (
            f"Channels are in several units ({', '.join(units)}), and results are ruled by those of the "
            "largest numbers; choose channels with --picks."
        )
    tested = tested_in(study)
    if study.decisions and len(tested) < FEW_TESTED <= survey["group"].nunique():
        yield (
            f"Tests are of {listing(tested)} alone, in stretches of time. The intervals say little of "
            "other recordings; give more."
        )
    if study.decisions and min(decision.n for decision in study.decisions) < FEW_PARTS:
        yield "There are few parts for tests, so an interval can miss; give more or longer recordings."


def harm(study: RecordedStudy) -> Iterator[str]:
    """Yield which networks do worse than doing nothing, if any does."""
    done = study.results[study.results["snr_improvement_db"].notna()]
    rows = done[done["snr_improvement_db"] < 0]
    designs = dict.fromkeys(rows[["depth", "variant"]].itertuples(index=False, name=None))
    if designs:
        names = [network_words(study, depth, variant) for depth, variant in designs]
        yield (
            f"{count(len(rows), 'network')} of {len(done):,} did worse than doing nothing: "
            f"{listing(names)}. Such a training has not learned to denoise in its epochs."
        )
