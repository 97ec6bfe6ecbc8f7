"""The protocol's grammar: finding calls in model text, and making foreign text inert."""

from orchestrator.syntax.adjacent import AdjacentScanner
from orchestrator.syntax.diagnose import diagnose
from orchestrator.syntax.escape import defuse, escape, without_markers
from orchestrator.syntax.scanner import Call, Forged, Invalid, Scanner, ScannerEvent, Unclosed
from orchestrator.syntax.thinking import without_thinking
from orchestrator.syntax.verbatim import Verbatim
from orchestrator.types import Text

__all__ = [
    "AdjacentScanner",
    "Call",
    "Forged",
    "Invalid",
    "Scanner",
    "ScannerEvent",
    "Text",
    "Unclosed",
    "Verbatim",
    "defuse",
    "diagnose",
    "escape",
    "without_markers",
    "without_thinking",
]
