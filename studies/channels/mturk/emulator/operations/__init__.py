"""The operations that the emulator has, by Amazon's names. Each takes the market and a checked request, within a turn."""

from collections.abc import Callable
from typing import Any

from studies.channels.mturk.emulator.market import Market
from studies.channels.mturk.emulator.operations import assignments, hit_types, hits, notifications, people, qualifications

Operation = Callable[[Market, dict[str, Any]], dict[str, Any]]

OPERATIONS: dict[str, Operation] = {
    "CreateHITType": hit_types.create_hit_type,
    "CreateHIT": hits.create_hit,
    "CreateHITWithHITType": hits.create_hit_with_hit_type,
    "GetHIT": hits.get_hit,
    "ListHITs": hits.list_hits,
    "ListReviewableHITs": hits.list_reviewable_hits,
    "UpdateHITReviewStatus": hits.update_hit_review_status,
    "CreateAdditionalAssignmentsForHIT": hits.create_additional_assignments,
    "UpdateExpirationForHIT": hits.update_expiration,
    "DeleteHIT": hits.delete_hit,
    "ListAssignmentsForHIT": assignments.list_assignments,
    "GetAssignment": assignments.get_assignment,
    "ApproveAssignment": assignments.approve_assignment,
    "RejectAssignment": assignments.reject_assignment,
    "SendBonus": assignments.send_bonus,
    "ListBonusPayments": assignments.list_bonus_payments,
    "CreateQualificationType": qualifications.create_qualification_type,
    "ListQualificationTypes": qualifications.list_qualification_types,
    "GetQualificationType": qualifications.get_qualification_type,
    "AssociateQualificationWithWorker": qualifications.associate,
    "DisassociateQualificationFromWorker": qualifications.disassociate,
    "GetQualificationScore": qualifications.get_qualification_score,
    "GetAccountBalance": people.get_account_balance,
    "CreateWorkerBlock": people.create_worker_block,
    "DeleteWorkerBlock": people.delete_worker_block,
    "ListWorkerBlocks": people.list_worker_blocks,
    "NotifyWorkers": people.notify_workers,
    "UpdateNotificationSettings": notifications.update_notification_settings,
    "SendTestEventNotification": notifications.send_test_event_notification,
}
