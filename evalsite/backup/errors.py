"""Why a site cannot be backed up or restored; each says what to do."""


class BackupError(Exception):
    """Something about a backup that its operator must see to."""


class NotABackup(BackupError):
    """The folder holds no backup, or not the generation asked for."""


class InUse(BackupError):
    """Another process writes to the backup."""


class Damaged(BackupError):
    """Files of the backup are missing or not what its manifest says."""


class NotEmpty(BackupError):
    """The site that a backup is to be restored into has rows already."""


class OtherVersion(BackupError):
    """The backup was made by a newer site than this one."""


class OtherEngine(BackupError):
    """The backup is of a database that cannot be put into this one."""


class ToolFailed(BackupError):
    """PostgreSQL's pg_dump or pg_restore did not do it, or is not installed."""


class NotTheSame(BackupError):
    """What was restored is not what was backed up."""
