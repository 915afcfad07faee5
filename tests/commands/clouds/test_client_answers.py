"""What the client asks for on the wire, and what it makes of the answers."""

from typing import Any
from urllib.parse import parse_qsl

import pytest

from commands.clouds.cloud import Cloud, CloudError, Copied, Fault, Quota
from commands.clouds.jdcloud.client import JDCloud
from tests.commands.clouds.loopback import NOW, Heard, Loopback, answer, client_of, is_signed, refusal

MAPPED = {"sourceImageId": "img-a1", "destinationImageId": "img-n1"}
MAPPED_TOO = {"sourceImageId": "img-b2", "destinationImageId": "img-n2"}


def success(**result: Any) -> dict[str, Any]:
    return {"requestId": "req-1", "result": result}


def listing(ids: list[str], total: object) -> dict[str, Any]:
    return success(images=[{"imageId": one} for one in ids], totalCount=total)


def query(heard: Heard) -> dict[str, str]:
    return dict(parse_qsl(heard.target.partition("?")[2]))


async def copy(
    client: Cloud, *image_ids: str, source: str = "cn-north-1", destination: str = "cn-east-2"
) -> Copied:
    return await client.copy_images(
        source=source,
        image_ids=image_ids or ("img-a1",),
        destination=destination,
        description="复制自 cn-north-1",
        send_within_s=5,
    )


async def refused(client: Cloud, *image_ids: str, **regions: str) -> CloudError:
    with pytest.raises(CloudError) as caught:
        await copy(client, *image_ids, **regions)
    return caught.value


async def test_a_copy_asks_for_the_images_the_destination_and_the_description(
    cloud: Loopback, client: JDCloud
) -> None:
    cloud.will_say(success(copyImages=[MAPPED_TOO, MAPPED]))
    copied = await copy(client, "img-a1", "img-b2")
    assert copied == Copied({"img-a1": "img-n1", "img-b2": "img-n2"}, "req-1")
    assert list(copied.mapping) == ["img-a1", "img-b2"]
    (heard,) = cloud.heard
    assert (heard.method, heard.target) == ("POST", "/v1/regions/cn-north-1/images:copyImages")
    assert heard.json == {
        "sourceImageIds": ["img-a1", "img-b2"],
        "destinationRegion": "cn-east-2",
        "description": "复制自 cn-north-1",
    }


async def test_every_kind_of_request_is_signed_as_the_official_signer_would(
    cloud: Loopback, client: JDCloud
) -> None:
    cloud.will_say(
        success(copyImages=[MAPPED]),
        listing(["img-a1"], 1),
        listing([], 0),
        success(quotas=[{"resourceType": "image", "limit": 5, "used": 2}]),
        success(quota={"limit": 15, "used": 3}),
    )
    await copy(client)
    await client.describe_images("cn-east-2", ["img-a1"])
    await client.private_images("cn-east-2")
    await client.image_quota("cn-east-2")
    await client.snapshot_quota("cn-east-2")
    services = ["vm", "vm", "vm", "vm", "disk"]
    assert [
        is_signed(heard, service=service) for heard, service in zip(cloud.heard, services, strict=True)
    ] == [True] * 5
    assert {heard.headers["x-jdcloud-nonce"] for heard in cloud.heard} == {"nonce-1"}
    assert {heard.headers["x-jdcloud-date"] for heard in cloud.heard} == {NOW.strftime("%Y%m%dT%H%M%SZ")}


async def test_the_older_algorithm_can_be_chosen(cloud: Loopback) -> None:
    cloud.will_say(success(copyImages=[MAPPED]))
    async with client_of(cloud.url, algorithm="JDCLOUD2") as client:
        await copy(client)
    assert cloud.heard[0].headers["authorization"].startswith("JDCLOUD2-HMAC-SHA256 Credential=")


async def test_the_base_url_may_have_a_path(cloud: Loopback) -> None:
    cloud.will_say(success(copyImages=[MAPPED]))
    async with client_of(f"{cloud.url}/cloud/") as client:
        await copy(client)
    assert cloud.heard[0].target == "/cloud/v1/regions/cn-north-1/images:copyImages"
    assert is_signed(cloud.heard[0], service="vm")


@pytest.mark.parametrize(
    ("ids", "regions"),
    [
        (("img-a1/../x",), {}),
        (("img_a1?x=1",), {}),
        (("img-a1\r\nX: 1",), {}),
        (("镜像",), {}),
        (("",), {}),
        (("img-a1", "img-a1"), {}),
        (tuple(f"img-{number}" for number in range(11)), {}),
        (("img-a1",), {"source": "cn-north-1/../.."}),
        (("img-a1",), {"source": ""}),
        (("img-a1",), {"destination": "cn east"}),
    ],
)
async def test_odd_ids_and_regions_are_refused_without_connecting(
    cloud: Loopback, client: JDCloud, ids: tuple[str, ...], regions: dict[str, str]
) -> None:
    error = await refused(client, *ids, **regions)
    assert (error.fault, cloud.opened) == (Fault.INVALID_ARGUMENT, 0)


async def test_queries_refuse_odd_ids_and_regions_without_connecting(
    cloud: Loopback, client: JDCloud
) -> None:
    for asked in (
        client.describe_images("cn-east-2", ["a b"]),
        client.describe_images("cn/east", ["img-a1"]),
        client.describe_images("cn-east-2", [f"img-{number}" for number in range(101)]),
        client.private_images(".."),
        client.image_quota("a/b"),
        client.snapshot_quota("a?b"),
    ):
        with pytest.raises(CloudError) as caught:
            await asked
        assert caught.value.fault is Fault.INVALID_ARGUMENT
    assert cloud.opened == 0


@pytest.mark.parametrize(
    ("result", "mapping"),
    [
        ({"copyImages": [MAPPED]}, {"img-a1": "img-n1"}),
        ({"copyImages": []}, {}),
        ({"copyImages": None}, {}),
        ({"copyImages": "odd"}, {}),
        ({}, {}),
        (
            {"copyImages": [MAPPED, {"sourceImageId": "img-b2", "destinationImageId": ""}]},
            {"img-a1": "img-n1"},
        ),
        ({"copyImages": [7, {"sourceImageId": ["img-b2"]}, MAPPED]}, {"img-a1": "img-n1"}),
        (
            {"copyImages": [MAPPED, {"sourceImageId": "img-b2", "destinationImageId": 7}]},
            {"img-a1": "img-n1"},
        ),
    ],
)
async def test_a_success_that_lacks_images_is_garbled_and_keeps_what_it_said(
    cloud: Loopback, client: JDCloud, result: dict[str, object], mapping: dict[str, str]
) -> None:
    cloud.will_say(success(**result))
    error = await refused(client, "img-a1", "img-b2")
    assert (error.fault, error.mapping, error.request_id) == (Fault.GARBLED, mapping, "req-1")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"result": 7}',
        b'{"requestId": "req-1"}',
        b'{"result": null}',
        b'{"result": {}, "error": "no"}',
        b"<html>",
    ],
)
async def test_a_200_without_a_result_is_garbled(cloud: Loopback, client: JDCloud, body: bytes) -> None:
    cloud.replies.append(answer(body))
    assert (await refused(client)).fault is Fault.GARBLED


async def test_an_error_with_http_200_is_an_error_even_beside_a_result(
    cloud: Loopback, client: JDCloud
) -> None:
    cloud.will_say(
        refusal(429, "QUOTA_EXCEEDED", "Image quota limit exceeded") | {"result": {"copyImages": [MAPPED]}}
    )
    error = await refused(client)
    assert (error.fault, error.http_status, error.status) == (Fault.IMAGE_QUOTA, 200, "QUOTA_EXCEEDED")


async def test_a_refusal_carries_the_clouds_words(cloud: Loopback, client: JDCloud) -> None:
    cloud.will_say(refusal(400, "FAILED_PRECONDITION", "The image 'img-a1' is busy"), status=400)
    error = await refused(client)
    assert (error.fault, error.http_status, error.request_id) == (Fault.BUSY, 400, "req-1")
    assert (error.message, error.image_ids) == ("The image 'img-a1' is busy", ("img-a1",))


async def test_a_proxys_html_is_a_server_fault_with_the_request_id_of_the_header(
    cloud: Loopback, client: JDCloud
) -> None:
    more = "x-jdcloud-request-id: req-9\r\n"
    cloud.replies.append(answer(b"<html>Bad Gateway</html>", 502, "text/html", more=more))
    error = await refused(client)
    assert (error.fault, error.http_status, error.request_id) == (Fault.SERVER, 502, "req-9")


async def test_an_empty_500_is_a_server_fault(cloud: Loopback, client: JDCloud) -> None:
    cloud.replies.append(answer(b"", 500, more="x-jdcloud-request-id: req-9\r\n"))
    assert (await refused(client)).fault is Fault.SERVER


async def test_a_redirect_is_not_followed(cloud: Loopback, client: JDCloud) -> None:
    cloud.replies.append(answer(b"", 307, more=f"Location: {cloud.url}/elsewhere\r\n"))
    assert (await refused(client)).fault is Fault.SERVER
    assert len(cloud.heard) == 1


async def test_a_body_without_end_is_cut_and_garbled(cloud: Loopback, client: JDCloud) -> None:
    cloud.replies.append(answer(b" " * (9 * 1024 * 1024), length=10**12))
    cloud.holds = True
    assert (await refused(client)).fault is Fault.GARBLED


@pytest.mark.parametrize("http_status", [400, 401, 403, 404, 429, 500, 503])
async def test_nothing_is_ever_sent_twice(cloud: Loopback, client: JDCloud, http_status: int) -> None:
    cloud.will_say(refusal(http_status, "RATE_LIMIT", "slow down"), status=http_status)
    await refused(client)
    assert len(cloud.heard) == 1


async def test_images_are_asked_for_by_numbered_ids_and_missing_ones_left_out(
    cloud: Loopback, client: JDCloud
) -> None:
    cloud.will_say(listing(["img-b2", "img-a1", "img-zz"], 3))
    found = await client.describe_images("cn-east-2", ["img-a1", "img-b2", "img-c3", "img-a1"])
    assert [image.id for image in found] == ["img-a1", "img-b2"]
    assert cloud.heard[0].target.partition("?")[0] == "/v1/regions/cn-east-2/images"
    assert query(cloud.heard[0]) == {
        "ids.1": "img-a1",
        "ids.2": "img-b2",
        "ids.3": "img-c3",
        "pageNumber": "1",
        "pageSize": "100",
    }


async def test_no_ids_are_no_question(cloud: Loopback, client: JDCloud) -> None:
    assert await client.describe_images("cn-east-2", []) == []
    assert cloud.opened == 0


async def test_a_query_by_id_that_comes_in_pages_is_followed(cloud: Loopback, client: JDCloud) -> None:
    cloud.will_say(listing(["img-a1"], 2), listing(["img-b2"], 2))
    found = await client.describe_images("cn-east-2", ["img-a1", "img-b2"])
    assert [image.id for image in found] == ["img-a1", "img-b2"]
    assert [query(heard)["pageNumber"] for heard in cloud.heard] == ["1", "2"]


async def test_an_image_that_a_404_names_is_left_out_and_the_others_are_asked_for(
    cloud: Loopback, client: JDCloud
) -> None:
    cloud.replies.append(
        answer(
            b'{"error": {"code": 404, "status": "NOT_FOUND", "message": "Image \'img-a1\' not found"}}', 404
        )
    )
    cloud.will_say(listing(["img-b2"], 1))
    found = await client.describe_images("cn-east-2", ["img-a1", "img-b2"])
    assert [image.id for image in found] == ["img-b2"]
    assert query(cloud.heard[1])["ids.1"] == "img-b2"


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (refusal(404, "NOT_FOUND", "Api not found"), Fault.NOT_FOUND),
        (refusal(404, "NOT_FOUND", "Image 'img-zz' not found"), Fault.NOT_FOUND),
        (refusal(403, "HTTP_FORBIDDEN", "Image 'img-a1' not found for you"), Fault.FORBIDDEN),
    ],
)
async def test_any_other_refusal_of_a_query_by_id_is_an_error(
    cloud: Loopback, client: JDCloud, said: dict[str, object], fault: Fault
) -> None:
    cloud.will_say(said, status=404)
    with pytest.raises(CloudError) as caught:
        await client.describe_images("cn-east-2", ["img-a1"])
    assert caught.value.fault is fault


@pytest.mark.parametrize("images", [None, "odd", [7], [{}], [{"imageId": 7}], [{"imageId": "a/b"}]])
async def test_a_page_that_says_nothing_does_not_read_as_no_images(
    cloud: Loopback, client: JDCloud, images: object
) -> None:
    cloud.will_say(success(images=images, totalCount=1))
    with pytest.raises(CloudError) as caught:
        await client.describe_images("cn-east-2", ["img-a1"])
    assert caught.value.fault is Fault.GARBLED


async def test_private_images_are_listed_page_by_page_until_all_are_there(
    cloud: Loopback, client: JDCloud
) -> None:
    ids = [f"img-{number}" for number in range(150)]
    cloud.will_say(listing(ids[:100], 150), listing(ids[100:], 150))
    assert [image.id for image in await client.private_images("cn-east-2")] == ids
    assert [query(heard) for heard in cloud.heard] == [
        {"imageSource": "private", "pageNumber": number, "pageSize": "100"} for number in ("1", "2")
    ]


async def test_pages_shorter_than_asked_for_are_followed_too(cloud: Loopback, client: JDCloud) -> None:
    cloud.will_say(listing(["img-1", "img-2"], 3), listing(["img-3"], 3))
    assert len(await client.private_images("cn-east-2")) == 3


@pytest.mark.parametrize("images", [[], None])
async def test_a_region_without_images_is_a_complete_listing(
    cloud: Loopback, client: JDCloud, images: object
) -> None:
    cloud.will_say(success(images=images, totalCount=0))
    assert await client.private_images("cn-east-2") == []


@pytest.mark.parametrize(
    "pages",
    [
        [listing(["img-1"], 2), listing([], 2)],
        [listing(["img-1"], 2), listing(["img-1"], 2)],
        [listing(["img-1", "img-2"], 1), listing([], 1)],
        [listing(["img-1"], None)],
        [listing(["img-1"], "many")],
        [success(totalCount=1)],
    ],
)
async def test_an_incomplete_listing_is_an_error(
    cloud: Loopback, client: JDCloud, pages: list[dict[str, Any]]
) -> None:
    cloud.will_say(*pages)
    with pytest.raises(CloudError, match="incomplete listing") as caught:
        await client.private_images("cn-east-2")
    assert caught.value.fault is Fault.GARBLED
    assert len(cloud.heard) == len(pages)


async def test_an_answer_about_ids_with_fewer_images_than_it_counts_is_an_error(
    cloud: Loopback, client: JDCloud
) -> None:
    cloud.will_say(listing(["img-1"], 2), listing([], 2))
    with pytest.raises(CloudError, match="incomplete answer: 1 of 2 images"):
        await client.describe_images("cn-east-2", ["img-1", "img-2"])


async def test_a_count_that_does_not_fit_the_ids_asked_for_says_nothing(
    cloud: Loopback, client: JDCloud
) -> None:
    cloud.will_say(listing(["img-1"], 40), listing(["img-1"], 40))
    assert [image.id for image in await client.describe_images("cn-east-2", ["img-1", "img-2"])] == ["img-1"]


async def test_the_image_quota_is_asked_for_with_a_filter(cloud: Loopback, client: JDCloud) -> None:
    others = [
        {"resourceType": "keypair", "limit": 9, "used": 9},
        {"resourceType": "image", "limit": 5, "used": 2},
    ]
    cloud.will_say(success(quotas=others))
    assert await client.image_quota("cn-east-2") == Quota(5, 2)
    assert cloud.heard[0].target.partition("?")[0] == "/v1/regions/cn-east-2/quotas"
    assert query(cloud.heard[0]) == {"filters.1.name": "resourceTypes", "filters.1.values.1": "image"}


async def test_the_snapshot_quota_is_asked_for_by_type(cloud: Loopback, client: JDCloud) -> None:
    cloud.will_say(success(quota={"limit": 15, "used": 3}))
    assert await client.snapshot_quota("cn-east-2") == Quota(15, 3)
    assert cloud.heard[0].target == "/v1/regions/cn-east-2/quotas?type=snapshot"


@pytest.mark.parametrize("result", [{}, {"quotas": []}, {"quotas": [{"resourceType": "image", "limit": 5}]}])
async def test_an_answer_without_the_quota_is_garbled(
    cloud: Loopback, client: JDCloud, result: dict[str, object]
) -> None:
    cloud.will_say(success(**result), success(**result))
    for asked in (client.image_quota("cn-east-2"), client.snapshot_quota("cn-east-2")):
        with pytest.raises(CloudError) as caught:
            await asked
        assert caught.value.fault is Fault.GARBLED


async def test_one_image_is_described_by_its_own_address(cloud: Loopback, client: JDCloud) -> None:
    cloud.will_say(success(image={"imageId": "img-a1", "name": "web", "status": "ready"}))
    found = await client.describe_image("cn-east-2", "img-a1")
    assert found is not None
    assert (found.id, found.name, found.status) == ("img-a1", "web", "ready")
    assert cloud.heard[-1].target == "/v1/regions/cn-east-2/images/img-a1"


async def test_an_image_that_does_not_exist_is_none(cloud: Loopback, client: JDCloud) -> None:
    cloud.will_say(refusal(404, "NOT_FOUND", "Image 'img-a1' not found"), status=404)
    assert await client.describe_image("cn-east-2", "img-a1") is None


async def test_an_answer_about_another_image_is_garbled(cloud: Loopback, client: JDCloud) -> None:
    cloud.will_say(success(image={"imageId": "img-b2"}))
    with pytest.raises(CloudError) as caught:
        await client.describe_image("cn-east-2", "img-a1")
    assert caught.value.fault is Fault.GARBLED
