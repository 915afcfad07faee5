"""What the card says of copies that may have begun without our knowing."""

from collections.abc import Sequence

from commands import names
from commands.clouds.cloud import Region
from commands.snapshot import Snapshot
from commands.text import Language, Line, Text
from commands.view.stand import in_doubt

_IN_DOUBT = Text(
    "尚不确定是否已开始复制 {images}：正在 {region} 查找新镜像，确认之前不会重复提交",
    "It isn't certain yet whether copying {images} has begun: it is being looked for in {region}, "
    "and nothing is sent again before that is known",
)


def doubts(seen: Snapshot, regions: Sequence[Region], language: Language) -> list[Line]:
    """One line for each call that was sent without a certain answer."""
    return [
        _IN_DOUBT.line(
            language,
            images=names.codes(
                language, [copy.image_id for copy in seen.copies if copy.call_number == call.number]
            ),
            region=names.region(regions, call.destination, language),
        )
        for call in in_doubt(seen.calls)
    ]
