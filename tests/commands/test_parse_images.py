"""Images out of a form's field: any shape that people paste, and what is no image."""

import pytest

from bot.plain import plain
from commands.clouds.jdcloud.regions import known_regions
from commands.mistakes import Mistake
from commands.parse_images import read_images

REGIONS = known_regions(())


@pytest.mark.parametrize(
    "pasted",
    [
        "img-a img-b",
        "img-a\nimg-b\n",
        "img-a\r\n\r\nimg-b",
        "img-a,img-b",
        "img-a，img-b；",
        "img-a、img-b",
        "img-a 和 img-b",
        "img-a and img-b",
        '["img-a", "img-b"]',
        "- img-a\n- img-b",
        "• img-a\n• img-b",
        "`img-a` `img-b`",
        "“img-a”、‘img-b’",
        "IMG-A\tImg-B",
        "img–a img—b",
        "\u200bimg-a\ufeff img-b img-a",
    ],
)
def test_any_shape_gives_the_ids_in_order_each_once(pasted: str) -> None:
    assert read_images(pasted, REGIONS) == ("img-a", "img-b")


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("", "No image is named. Enter the image IDs."),
        (" ,，\n", "No image is named. Enter the image IDs."),
        ("img-a web-base", "An image ID looks like img-8u2z9kyzdk. Not understood: web-base"),
        ("img_a", "An image ID looks like img-8u2z9kyzdk. Not understood: img_a"),
        ("img-a to cn-east-2", "An image ID looks like img-8u2z9kyzdk. Not understood: to"),
        (
            "img-8u**",
            "Part of img-8u** is hidden by asterisks. Copy the complete image ID from the console.",
        ),
    ],
)
def test_the_first_thing_that_is_no_image_is_named(pasted: str, said: str) -> None:
    mistake = read_images(pasted, REGIONS)
    assert isinstance(mistake, Mistake)
    assert [plain(line) for line in mistake.message("en").lines] == [said]
