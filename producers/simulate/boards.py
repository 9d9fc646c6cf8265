"""What the portal's board publishes once a day: totals by province, and the service index of Decision 766."""

import numpy as np

from producers.simulate.dossiers import PER_WORKING_DAY
from producers.simulate.noise import Floats, Ints
from producers.simulate.scene import Scene, since_new_year, years_since
from producers.simulate.world import DAY


def volumes(scene: Scene, t: Ints) -> dict[str, Floats]:
    """The portal board's totals since January. What is still within its term counts as on time."""
    character = scene.character
    place = character.units.index(scene.unit.id)
    hours = since_new_year(scene.world, t)
    a_day = PER_WORKING_DAY * scene.scale * scene.share(t)
    received = np.floor(a_day * hours / 8.0)
    rate = character.on_time[place] + 0.006 * scene.drift("rate", t, 40 * DAY)
    overdue = np.floor(a_day * hours / 8.0 * (1.0 - character.on_time[place]))
    resolved = np.maximum(received - np.floor(a_day * 3.2), 0.0)
    good = np.maximum(received, 1.0)
    late = np.minimum(overdue, resolved)
    owing = np.floor(received * scene.fixed("owing", 0.4, 0.75))
    return {
        "dossiers-received-year": received,
        "dossiers-overdue-year": overdue,
        "dossiers-on-time-year": received - overdue,
        "dossiers-resolved-year": resolved,
        "dossiers-synced-year": np.floor(received * scene.fixed("synced", 0.83, 1.0)),
        "on-time-of-received": np.round(100.0 * (received - overdue) / good, 2),
        "on-time-of-resolved": np.round(100.0 * (resolved - late) / np.maximum(resolved, 1.0), 2),
        "online-of-received": np.round(
            100.0 * np.clip(character.online[place] + rate - character.on_time[place], 0, 0.995), 2
        ),
        "mean-days": np.round(character.mean_days[place] + 0.08 * scene.drift("days", t, 30 * DAY), 2),
        "owing-year": owing,
        "paid-online-year": np.floor(owing * scene.fixed("paid", 0.76, 0.9)),
        "petitions-year": np.floor(received * 0.0015 * scene.fixed("petitions", 0.3, 1.6)),
    }


INDEX_766 = {
    # Group: part and its maximum, and the usual ratio.
    "publicity": {"announced": (6.0, 0.35), "published": (4.0, 0.4), "content": (2.0, 0.75), "sync": (6.0, 0.93)},
    "online": {"offered": (2.0, 0.95), "used": (4.0, 0.32), "filed": (6.0, 0.9)},
    "payment": {"offered": (2.0, 0.85), "used": (2.0, 0.4), "paid": (6.0, 0.7)},
    "digitisation": {
        "result": (6.0, 0.55), "dossier": (4.0, 0.4), "reuse": (2.0, 0.3), "storage": (4.0, 0.0),
        "population-procedure": (2.0, 0.6), "population-dossier": (2.0, 0.55), "copies": (2.0, 1.0),
    },
    "satisfaction": {"petition-on-time": (6.0, 0.75), "petition-content": (6.0, 0.6), "dossier-content": (6.0, 0.72)},
}  # fmt: skip


def service_index(scene: Scene, t: Ints) -> dict[str, Floats]:
    """Each group is the sum of its parts, the index the sum of the groups. Scores move by hundredths a day."""
    found: dict[str, Floats] = {}
    place = scene.character.units.index(scene.unit.id)
    punctual = scene.character.on_time[place] + 0.004 * scene.drift("timeliness", t, 30 * DAY)
    found["index-timeliness"] = np.round(20.0 * np.clip(punctual, 0.0, 1.0), 2)
    for group, parts in INDEX_766.items():
        scores = {}
        for part, (most, usual) in parts.items():
            own = usual + scene.fixed(f"{group} {part}", -0.12, 0.12) * (0.0 < usual < 1.0)
            moved = own + (0.01 * scene.drift(f"{group} {part}", t, 25 * DAY) if 0.0 < usual < 1.0 else 0.0)
            scores[f"index-{group}-{part}"] = np.round(most * np.clip(moved + np.zeros(len(t)), 0.0, 1.0), 2)
        found |= scores
        found[f"index-{group}"] = np.round(np.sum(list(scores.values()), axis=0), 2)
    groups = [f"index-{group}" for group in ("timeliness", *INDEX_766)]
    found["index-766"] = np.round(np.sum([found[g] for g in groups], axis=0), 2)
    return found


def procedures(scene: Scene, t: Ints) -> dict[str, Floats]:
    return {
        "procedures-total": np.round(
            5_741.0 + 25.0 * scene.drift("total", t, 60 * DAY) + 40.0 * years_since(t, 2026.74)
        ),
        "procedures-on-time": np.round(87.0 + 1.2 * scene.drift("on time", t, 20 * DAY), 2),
        "procedures-full": np.round(96.5 + 0.6 * scene.drift("full", t, 20 * DAY), 2),
    }
