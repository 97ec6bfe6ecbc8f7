"""The benchmark of code search. Results go into `results.json`, `RESULTS.md` and pictures beside this file.

python -m benchmarks.code_search quality --checkouts FOLDER --annotations FOLDER [--semble PYTHON]
python -m benchmarks.code_search others --checkouts FOLDER [--semble PYTHON]
python -m benchmarks.code_search own [--docstrings 300] [--semble PYTHON]
python -m benchmarks.code_search ablation --checkouts FOLDER --annotations FOLDER
python -m benchmarks.code_search growth [--sizes 0 1000 10000]

The folder of checkouts has a folder for each repository of `repos.json` in the folder of annotations, at the revision
that is named there. The annotations of `others` are in `sets/others`. Each part can run alone. The report is then
written again from all results.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.code_search import growth, quality, report

HERE = Path(__file__).parent


def main() -> None:
    options = _arguments()
    file = options.out / "results.json"
    results: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    if options.part == "quality":
        results["repositories"] = quality.repositories(options.checkouts, options.annotations, options.semble)
    elif options.part == "others":
        results["others"] = quality.repositories(options.checkouts, quality.OTHERS, options.semble)
    elif options.part == "own":
        results["own"] = quality.own(options.docstrings, options.semble, results.get("own", {}))
    elif options.part == "ablation":
        results["ablation"] = quality.ablation(options.checkouts, options.annotations, options.docstrings)
    elif options.part == "growth":
        known = {row["size"]: row for row in results.get("growth", [])}
        for size in options.sizes:
            known[size] = {"size": size, **_in_a_process(size)}
            sys.stderr.write(f"{known[size]}\n")
            results["growth"] = [known[size] for size in sorted(known)]
            _keep(results, file)  # the next size may take half an hour
    _keep(results, file)
    report.write(results, options.out)


def _keep(results: dict[str, Any], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def _in_a_process(size: int) -> dict[str, Any]:
    """Measure a size in a new process, so that its memory is not mixed with that of other sizes."""
    ran = subprocess.run([sys.executable, "-m", growth.__name__, str(size)], capture_output=True, text=True, check=True)
    row: dict[str, Any] = json.loads(ran.stdout)
    return row


def _arguments() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("part", choices=("quality", "others", "own", "ablation", "growth", "report"))
    arguments.add_argument("--checkouts", type=Path)
    arguments.add_argument("--annotations", type=Path)
    arguments.add_argument("--semble", metavar="PYTHON", help="an interpreter that has semble")
    arguments.add_argument("--docstrings", type=int, default=300, help="questions of the standard library; 0 for none")
    arguments.add_argument("--sizes", type=int, nargs="+", default=growth.SIZES)
    arguments.add_argument("--out", type=Path, default=HERE)
    options = arguments.parse_args()
    if options.part in {"quality", "ablation"} and not (options.checkouts and options.annotations):
        arguments.error(f"{options.part} needs --checkouts and --annotations")
    if options.part == "others" and not options.checkouts:
        arguments.error("others needs --checkouts")
    return options


if __name__ == "__main__":
    main()
