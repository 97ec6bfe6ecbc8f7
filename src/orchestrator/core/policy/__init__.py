"""The policy: which calls are made, and what may leave this machine."""

from orchestrator.core.policy.policy import ApprovalRequest, Approver, Denied, Policy

__all__ = ["ApprovalRequest", "Approver", "Denied", "Policy"]
