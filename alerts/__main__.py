"""`python -m alerts`: writes the generated files; `--check` only says which are not as they should be."""

import sys

from alerts.build import build, wrong


def main() -> int:
    if "--check" in sys.argv[1:]:
        found = wrong()
        print("\n".join(found) or "as declared")
        return 1 if found else 0
    print("\n".join(build()) or "as declared")
    return 0


if __name__ == "__main__":
    sys.exit(main())
