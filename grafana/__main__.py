"""`python -m grafana` (`make boards`): writes `dashboards/` from the declarations, and says what changed."""

import sys
from pathlib import Path

from contract.text import LANGUAGES
from grafana import files
from grafana.boards import BOARDS
from grafana.classic import build

DASHBOARDS = Path(__file__).parent / "dashboards"


def wanted() -> dict[str, str]:
    """Every file that should be there, with its content."""
    return {
        f"{board.folder}/{board.uid}-{lang}.json": files.as_json(build(board, lang))
        for board in BOARDS
        for lang in LANGUAGES
    }


def main() -> int:
    changed = files.write(DASHBOARDS, wanted(), (".json",))
    print("\n".join(changed) if changed else "nothing changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
