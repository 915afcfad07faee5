"""The demo's web page: a small Slack beside a small JD Cloud console, to try the bot in a browser."""

from bot.demo.page.cast import Role, Step, usual_steps
from bot.demo.page.routes import routes

__all__ = ["Role", "Step", "routes", "usual_steps"]
