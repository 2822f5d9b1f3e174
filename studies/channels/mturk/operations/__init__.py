"""Every call that has an effect there: what it asks for, how to see whether it happened, and what is noted then.

An explicit registry: one entry for each Intent.Operation.
"""

from studies.channels.mturk.models import Intent
from studies.channels.mturk.operations import assignments, hits, types
from studies.channels.mturk.operations.operation import Operation

Kind = Intent.Operation

OPERATIONS: dict[str, Operation] = {
    Kind.CREATE_QUALIFICATION: Operation(
        request=types.qualification_request, found=types.qualification_found, note=types.note_qualification
    ),
    Kind.CREATE_TYPE: Operation(request=types.type_request, found=types.nothing_found, note=types.note_type),
    Kind.CREATE_HIT: Operation(request=hits.creation_request, found=hits.creation_found, note=hits.note_creation, token=True),
    Kind.ADD_ASSIGNMENTS: Operation(
        request=hits.addition_request, found=hits.addition_found, note=hits.note_addition, token=True
    ),
    Kind.EXPIRE: Operation(request=hits.expiry_request, found=types.nothing_found, note=hits.note_expiry),
    Kind.DELETE: Operation(request=hits.only_the_hit, found=hits.deletion_found, note=hits.note_deletion),
    Kind.REVIEWING: Operation(request=hits.reviewing_request, found=hits.reviewing_found, note=hits.note_reviewing),
    Kind.APPROVE: Operation(
        request=assignments.approval_request, found=assignments.approval_found, note=assignments.note_approval
    ),
    Kind.REJECT: Operation(
        request=assignments.rejection_request, found=assignments.rejection_found, note=assignments.note_rejection
    ),
    Kind.BONUS: Operation(
        request=assignments.bonus_request, found=assignments.bonus_found, note=assignments.note_bonus, token=True
    ),
    Kind.GRANT: Operation(request=types.grant_request, found=types.nothing_found, note=types.note_grant),
    Kind.NOTIFY: Operation(request=types.notification_request, found=types.nothing_found, note=types.note_notification),
}
