"""The console script `waitgroup`: says in one line what to install when the wheel came without its extra."""

import sys

OURS = {"waitgroup", "waitgroup_spec", "waitgroup_proofs"}


def main() -> None:
    """Run the command line; exit 2, its code for a usage error, when a package it needs is missing."""
    try:
        # Imported here because it needs the extra, which a plain `pip install waitgroup` leaves out on purpose.
        from waitgroup_proofs.cli import main as run
    except ModuleNotFoundError as missing:
        package = (missing.name or "").partition(".")[0]
        if package in OURS:
            raise  # a defect of ours, which no extra mends
        print(f"waitgroup: the command line needs {package}: pip install 'waitgroup[verify]'", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("waitgroup: stopped", file=sys.stderr)
        sys.exit(130)
    sys.exit(run())
