"""Which attachments go with the reply, as the form of the reply sends it. Pure."""

from dataclasses import dataclass

from models.attachment import FileAudience, FileChoices


@dataclass(frozen=True, slots=True)
class FileFields:
    """Numbers of the files that the form offers, of those that are ticked, and for each one whom it would go to
    ("12:writers"): boxes and lists work without a script."""

    offered: list[str]
    ticked: list[str]
    audiences: list[str]

    def choices(self) -> FileChoices | None:
        """None where the form offers none. Raises `ValueError` for what no form of ours sends."""
        if not self.offered:
            return None
        to = {int(id_): FileAudience(audience) for id_, _, audience in (one.partition(":") for one in self.audiences)}
        ticked = {int(id_) for id_ in self.ticked}
        return {id_: to.get(id_, FileAudience.WRITERS) if id_ in ticked else None for id_ in map(int, self.offered)}
