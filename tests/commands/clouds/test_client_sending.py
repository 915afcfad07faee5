"""Whether a request may have gone out is known afterwards, and nothing outlives its deadline."""

import asyncio
import socket
import struct
from collections.abc import Iterator
from itertools import chain, repeat

import pytest

from commands.clouds.cloud import CloudError, Effect, Fault
from commands.clouds.jdcloud.client import JDCloud
from commands.clouds.jdcloud.transport import boot_clock, make_http
from tests.commands.clouds.loopback import Loopback, answer, client_of, refusal
from tests.commands.clouds.vendor import ACCESS_KEY, SECRET_KEY


async def failed(client: JDCloud, send_within_s: float = 5) -> CloudError:
    with pytest.raises(CloudError) as caught:
        await client.copy_images(
            source="cn-north-1",
            image_ids=["img-a1"],
            destination="cn-east-2",
            description="marker",
            send_within_s=send_within_s,
        )
    return caught.value


@pytest.fixture
def full_port() -> Iterator[int]:
    """A port whose queue of connections is full, so that connecting to it never ends."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for one in (first, second):
            one.setblocking(False)  # noqa: FBT003 -- the socket's own signature
            one.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


async def test_a_refused_connection_is_not_sent() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        async with client_of(f"http://127.0.0.1:{unused.getsockname()[1]}") as client:
            error = await failed(client)
    assert (error.fault, error.effect) == (Fault.NOT_SENT, Effect.NONE)


async def test_a_connection_that_never_comes_about_is_not_sent(full_port: int) -> None:
    async with client_of(f"http://127.0.0.1:{full_port}", timeout_s=0.2) as client:
        error = await failed(client)
    assert (error.fault, error.message) == (Fault.NOT_SENT, "no connection within 0.2 s")


async def test_a_tls_handshake_that_never_ends_is_not_sent_and_drops_the_connection(cloud: Loopback) -> None:
    async with client_of(cloud.url.replace("http:", "https:"), timeout_s=0.2) as client:
        assert (await failed(client)).fault is Fault.NOT_SENT
        await asyncio.wait_for(cloud.dropped.wait(), 5)
    assert cloud.heard == []


async def test_too_late_before_writing_sends_no_byte(cloud: Loopback, client: JDCloud) -> None:
    error = await failed(client, send_within_s=0)
    await asyncio.wait_for(cloud.dropped.wait(), 5)
    assert (error.fault, cloud.opened, cloud.bytes_heard) == (Fault.NOT_SENT, 1, 0)


async def test_time_that_runs_out_while_connecting_sends_no_byte(cloud: Loopback) -> None:
    clock = chain([100.0], repeat(112.5))
    async with client_of(cloud.url, clock=lambda: next(clock)) as client:
        error = await failed(client, send_within_s=12.5)
    await asyncio.wait_for(cloud.dropped.wait(), 5)
    assert (error.fault, cloud.bytes_heard) == (Fault.NOT_SENT, 0)


async def test_time_that_runs_out_between_headers_and_body_is_lost_and_sends_no_body(cloud: Loopback) -> None:
    clock = chain([100.0, 100.0], repeat(112.5))
    async with client_of(cloud.url, clock=lambda: next(clock)) as client:
        error = await failed(client, send_within_s=12.5)
    await asyncio.wait_for(cloud.dropped.wait(), 5)
    assert (error.fault, cloud.heard) == (Fault.LOST, [])


async def test_a_query_has_no_time_to_send_within(cloud: Loopback) -> None:
    cloud.will_say({"result": {"quota": {"limit": 1, "used": 0}}})
    clock = iter(())
    async with client_of(cloud.url, clock=lambda: next(clock)) as client:
        assert (await client.snapshot_quota("cn-east-2")).left == 1


async def test_no_answer_in_time_is_lost_and_resets_the_connection(cloud: Loopback) -> None:
    cloud.replies.append(b"")
    cloud.holds = True
    async with client_of(cloud.url, timeout_s=0.2) as client:
        error = await failed(client)
        await asyncio.wait_for(cloud.dropped.wait(), 5)
    assert (error.fault, error.effect) == (Fault.LOST, Effect.UNKNOWN)
    assert error.message == "no answer within 0.2 s"
    assert cloud.was_reset


async def test_the_deadline_covers_a_body_that_does_not_end(cloud: Loopback) -> None:
    cloud.replies.append(answer(b"{", length=100))
    cloud.holds = True
    async with client_of(cloud.url, timeout_s=0.2) as client:
        error = await failed(client)
        await asyncio.wait_for(cloud.dropped.wait(), 5)
    assert (error.fault, error.message) == (Fault.LOST, "no answer within 0.2 s")


@pytest.mark.parametrize(
    "reply",
    [
        answer(b'{"result": {}}', length=100),
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"not HTTP at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: odd\r\n\r\n",
        answer(b"not gzip", more="Content-Encoding: gzip\r\n"),
    ],
)
async def test_an_answer_that_breaks_off_or_is_not_http_is_lost(
    cloud: Loopback, client: JDCloud, reply: bytes
) -> None:
    cloud.replies.append(reply)
    assert (await failed(client)).fault is Fault.LOST


async def test_a_connection_closed_without_an_answer_is_lost() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with client_of(f"http://127.0.0.1:{port}") as client:
            assert (await failed(client)).fault is Fault.LOST


async def test_the_callers_cancellation_gets_through_and_drops_the_connection(
    cloud: Loopback, client: JDCloud
) -> None:
    cloud.replies.append(b"")
    cloud.holds = True
    asking = asyncio.create_task(client.snapshot_quota("cn-east-2"))
    await asyncio.wait_for(cloud.asked.wait(), 5)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await asyncio.wait_for(cloud.dropped.wait(), 5)


async def test_no_connection_is_kept_after_an_answer(cloud: Loopback, client: JDCloud) -> None:
    cloud.will_say({"result": {"quota": {"limit": 1, "used": 0}}})
    cloud.holds = True
    await client.snapshot_quota("cn-east-2")
    await asyncio.wait_for(cloud.dropped.wait(), 5)


async def test_keys_that_an_answer_quotes_are_in_no_words_of_the_error(
    cloud: Loopback, client: JDCloud
) -> None:
    said = refusal(401, "ACCESS_ERROR", f"key {ACCESS_KEY} with {SECRET_KEY} is unknown [gw]")
    cloud.will_say(said, status=401)
    error = await failed(client)
    assert (error.fault, error.message) == (Fault.UNAUTHENTICATED, "key *** with *** is unknown [gw]")
    for key in (ACCESS_KEY, SECRET_KEY):
        assert key not in f"{error} {error!r} {vars(error)}"


async def test_an_access_key_that_no_header_can_hold_is_not_sent_and_not_told(cloud: Loopback) -> None:
    async with client_of(cloud.url, access_key="密钥-AK") as client:
        error = await failed(client)
    assert (error.fault, cloud.bytes_heard) == (Fault.NOT_SENT, 0)
    assert "密钥-AK" not in f"{error} {error!r}"


async def test_the_kernel_gives_bytes_up_after_the_timeout_and_closing_resets(cloud: Loopback) -> None:
    cloud.replies.append(answer(b""))
    async with make_http(2.5) as http, http.stream("GET", cloud.url) as response:
        connection = response.extensions["network_stream"].get_extra_info("socket")
        assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8) == struct.pack("ii", 1, 0)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 2500


async def test_neither_proxies_nor_netrc_nor_redirects_are_used() -> None:
    async with make_http(2.5) as http:
        assert (http.trust_env, http.follow_redirects) == (False, False)


def test_the_boot_clock_does_not_go_back() -> None:
    earlier = boot_clock()
    assert 0 < earlier <= boot_clock()
