"""What people do: each act arrives as a click that can be left lying before it is judged."""

from collections.abc import Coroutine, Sequence
from typing import Any

from commands import decide
from commands.buttons import Pressed
from commands.copy.answer import answer
from commands.copy.follow import follow
from commands.copy.request import ask
from commands.pause import pause
from commands.typed import CopyCommand, PauseCommand
from store.tables import Problem, Request
from tests.model.gates import Job
from tests.model.reckoning import open_questions
from tests.model.world import ADMIN, World


class People:
    """Whoever types and presses in the channel."""

    def __init__(self, world: World) -> None:
        self._world = world

    def ask(self, user: str, images: Sequence[str], destinations: Sequence[str]) -> Job:
        command = CopyCommand(tuple(images), tuple(destinations), None, None)
        return self._world.click(ask(self._world.ports, self._world.caller(user), command))

    def approve(self, user: str, request: Request, round_: int) -> Job:
        button = Pressed(request.id, round_)
        return self._world.click(decide.approve(self._world.ports, self._world.caller(user), button))

    def reject(self, user: str, request: Request) -> Job:
        button = Pressed(request.id, request.round)
        return self._world.click(decide.reject(self._world.ports, self._world.caller(user), button, ""))

    def cancel(self, user: str, request: Request) -> Job:
        done = decide.cancel(self._world.ports, self._world.caller(user), request.id)
        return self._world.click(self._cancelled(request.id, done))

    async def _cancelled(self, request_id: str, done: Coroutine[Any, Any, decide.Answer]) -> None:
        if (await done).done:
            self._world.truths.cancelled(request_id)

    def follow(self, user: str, request: Request, action: str) -> Job:
        return self._world.click(follow(self._world.ports, self._world.caller(user), request.id, action))

    def pause(self, *, on: bool) -> Job:
        return self._world.click(self._pause(on=on))

    async def _pause(self, *, on: bool) -> None:
        await pause(self._world.ports, self._world.caller(ADMIN), PauseCommand(on))
        self._world.truths.paused(on=on)

    def send_again(self, problem: Problem) -> Job:
        """Somebody says that the image was not copied, true or not."""
        return self._answer(f"{problem.request_id}.{problem.number}", "resend")

    def tell_the_truth(self, problem: Problem) -> Job | None:
        """Somebody looks into the cloud and says what is so; None: the question leaves no true answer, or not yet."""
        cloud = self._world.cloud
        made = cloud.made_by(problem.request_id, problem.call_number, problem.images[0])
        there = {image.id for image in made if image.usable}
        for place, candidate in enumerate(problem.candidates):
            if candidate["id"] in there:
                return self._answer(f"{problem.request_id}.{problem.number}.{place}", "adopt")
        return None if there or cloud.on_the_way else self.send_again(problem)

    def _answer(self, value: str, action: str) -> Job:
        return self._world.click(answer(self._world.ports, self._world.caller(ADMIN), value, action))

    def questions(self) -> list[Problem]:
        """All that people are asked now."""
        with self._world.database.reading() as tx:
            return [
                problem
                for request in self._world.truths.requests(tx)
                if not request.state.ended
                for problem in open_questions(tx, request.id)
            ]
