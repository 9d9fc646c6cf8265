"""One world, and a source for every feed of the catalogue that a simulation can stand for."""

from producers.simulate.sources import DEFAULT_SCALE, build_sources, is_simulated, without_source

__all__ = ["DEFAULT_SCALE", "build_sources", "is_simulated", "without_source"]
