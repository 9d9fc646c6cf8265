"""The race as a table, and what it says."""

from collections.abc import Sequence

from bench.throughput.race import CONTENDERS, FRAMEWORKS, OURS, Run
from bench.throughput.statistics import paired

LEAST, AIM = 3.0, 5.0
"""Times the client-side CPU of the fastest framework."""
FAUST_MAY_COST = 0.10
_TITLES = {contender.name: contender.title for contender in CONTENDERS}
_IS_FRAMEWORK = {contender.name for contender in FRAMEWORKS}
HEAD = f"{'':<36} {'message':<12} {'records':>9} {'records/s':>10} {'client':>8} {'engine':>8} {'kafka':>7}  end state"
Pairs = Sequence[tuple[Run, Run]]


def short(run: Run) -> str:
    cpu = " ".join(f"{name} {run.per_million(name):6.2f}" for name in ("client", "engine", "kafka"))
    return f"{run.contender:<18} {run.rate:>9,.0f}/s   {cpu}   {run.difference or ''}"


def pair(runs: tuple[Run, Run]) -> str:
    by_hand, faust = (run.per_million("client") for run in runs)
    return f"by hand {by_hand:.3f}, Faust {faust:.3f}: {faust / by_hand - 1:+.1%}"


def written(runs: Sequence[Run], pairs: Pairs, left_out: dict[str, str]) -> list[str]:
    lines = ["", "CPU seconds per million records, from the first record to the last row", HEAD]
    lines += [_row(run) for run in runs]
    lines += [f"{title:<36} left out: {why}" for title, why in left_out.items()]
    return [*lines, "", *against_frameworks(runs), *cost_of_faust(pairs)]


def _row(run: Run) -> str:
    cpu = f"{run.per_million('client'):>8.2f} {run.per_million('engine'):>8.2f} {run.per_million('kafka'):>7.2f}"
    title = _TITLES[run.contender]
    return f"{title:<36} {run.form:<12} {run.records:>9,} {run.rate:>10,.0f} {cpu}  {run.difference or ''}"


def against_frameworks(runs: Sequence[Run]) -> list[str]:
    """Ours against the fastest framework: as frameworks are used, one record a message, and on the same batches."""
    mine = [run for run in runs if run.contender == OURS.name]
    theirs = [run for run in runs if run.contender in _IS_FRAMEWORK]
    if not mine or not theirs:
        return []
    best = min(mine, key=lambda run: run.per_million("client"))
    lines = []
    for form in dict.fromkeys(run.form for run in theirs):
        fastest = min((r for r in theirs if r.form == form), key=lambda run: run.per_million("client"))
        same = [run for run in mine if run.form == form]
        chosen = best if form.startswith("json") or not same else same[0]
        times = fastest.per_million("client") / chosen.per_million("client")
        word = "aim reached" if times >= AIM else "bar met" if times >= LEAST else "below the bar"
        lines.append(
            f"ours on {chosen.form} against the fastest framework on {form} ({_TITLES[fastest.contender]}): "
            f"{times:.1f} times its client-side CPU; the bar is {LEAST:.0f}, the aim {AIM:.0f}: {word}"
        )
    return lines


def cost_of_faust(pairs: Pairs) -> list[str]:
    lines = []
    for form in dict.fromkeys(by_hand.form for by_hand, _ in pairs):
        of_form = [(a, b) for a, b in pairs if a.form == form]
        if len(of_form) < 2:
            continue
        first, second = ([run.per_million("client") for run in side] for side in zip(*of_form, strict=True))
        found = paired(first, second)
        word = (
            "within the bar"
            if found.high <= FAUST_MAY_COST
            else "mean within the bar, interval not"
            if found.mean <= FAUST_MAY_COST
            else "above the bar"
        )
        lines.append(
            f"Faust against the same columns by hand on {form}: {found.mean:+.1%} of client CPU (95 % {found.low:+.1%} "
            f"to {found.high:+.1%}, {len(of_form)} pairs); it may cost {FAUST_MAY_COST:.0%}: {word}"
        )
    return lines
