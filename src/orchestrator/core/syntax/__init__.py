"""The grammar of the protocol: finds calls in the model's text, and makes text from outside inert."""

from orchestrator.core.syntax.adjacent import AdjacentScanner
from orchestrator.core.syntax.diagnose import diagnose
from orchestrator.core.syntax.doubtful import Doubtful
from orchestrator.core.syntax.escape import defuse, escape, inert_line, without_markers
from orchestrator.core.syntax.scanner import Call, Forged, Invalid, Scanner, ScannerEvent, Unclosed
from orchestrator.core.syntax.thinking import without_thinking
from orchestrator.core.syntax.thinking_marks import Dress, opened_by
from orchestrator.core.syntax.verbatim import Verbatim
from orchestrator.core.types import Text

__all__ = [
    "AdjacentScanner",
    "Call",
    "Doubtful",
    "Dress",
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
    "inert_line",
    "opened_by",
    "without_markers",
    "without_thinking",
]
