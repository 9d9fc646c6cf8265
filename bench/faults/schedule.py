"""Which faults come when: cut into rounds, each of an installation of its own, from a seed."""

from collections.abc import Mapping
from random import Random

import msgspec

from bench.faults.kinds import Kind

LEAST_PER_THOUSAND = 10
"""Of each kind, the slowest too."""
SLOW_S = 20.0
A_ROUND = 50
SPECIAL = 0.4
"""Most of a round that may be faults which need its two workers or its small disk."""
PAUSE_S = (0.2, 1.5)
"""Between progress after one fault and the next."""


class Round(msgspec.Struct, frozen=True):
    number: int
    seed: str
    workers: int
    disk: bool
    kinds: tuple[str, ...]


def schedule(kinds: Mapping[str, Kind], faults: int, seed: int, a_round: int = A_ROUND) -> list[Round]:
    chance = Random(f"{seed}/schedule")
    bags: dict[tuple[int, bool], list[str]] = {}
    for name, count in counts(kinds, faults, chance).items():
        bags.setdefault((kinds[name].workers, kinds[name].disk), []).extend([name] * count)
    plain = bags.pop((1, False), [])
    rounds: list[tuple[int, bool, list[str]]] = []
    for (workers, disk), bag in sorted(bags.items()):
        chance.shuffle(bag)
        parts = -(-len(bag) // max(1, int(a_round * SPECIAL)))
        rounds += [(workers, disk, bag[place::parts]) for place in range(parts)]
    rounds += [(1, False, []) for _ in range(-(-faults // a_round) - len(rounds))]
    for name in sorted(plain):  # each kind spread over all rounds
        fewest = min(len(mine) for _, _, mine in rounds)
        chance.choice([mine for _, _, mine in rounds if len(mine) == fewest]).append(name)
    chance.shuffle(rounds)
    for _, _, mine in rounds:
        chance.shuffle(mine)
    return [
        Round(number, f"{seed}-{number}", workers, disk, tuple(mine))
        for number, (workers, disk, mine) in enumerate(rounds, start=1)
        if mine
    ]


def counts(kinds: Mapping[str, Kind], faults: int, chance: Random) -> dict[str, int]:
    """How often each kind comes: the least for all, the rest to those that do not take long."""
    if faults < len(kinds):
        return dict.fromkeys(chance.sample(sorted(kinds), faults), 1)
    least = max(1, min(faults // len(kinds), faults * LEAST_PER_THOUSAND // 1_000))
    found = dict.fromkeys(kinds, least)
    quick = [name for name, kind in kinds.items() if kind.seconds < SLOW_S] or list(kinds)
    for nth in range(faults - least * len(kinds)):
        found[quick[nth % len(quick)]] += 1
    return found
