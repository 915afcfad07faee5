"""The workspace that the stand-in shows: people, user groups, channels, and the installed app."""

from dataclasses import dataclass, field

SCOPES = (
    "commands",
    "chat:write",
    "users:read",
    "usergroups:read",
    "channels:read",
    "groups:read",
    "channels:history",
    "groups:history",
    "im:write",
    "files:write",
)


@dataclass
class User:
    """Somebody in Slack; `team_id` empty means the workspace's own, another one a Slack Connect guest."""

    id: str
    name: str
    real_name: str
    locale: str = "zh-CN"
    tz: str = "Asia/Shanghai"
    team_id: str = ""
    is_bot: bool = False
    deleted: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False


@dataclass
class Group:
    """A user group; `handle` without the @."""

    id: str
    handle: str
    name: str
    members: list[str]
    enabled: bool = True


@dataclass
class Channel:
    """A conversation; `members` are user ids, the bot's among them where it was invited."""

    id: str
    name: str
    members: list[str]
    is_private: bool = False
    is_archived: bool = False
    is_im: bool = False


@dataclass
class Workspace:
    """Everything about the workspace and the app installed in it; tests change it as they go."""

    team_id: str = "T0001"
    users: list[User] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    bot_user_id: str = "U0BOT"
    bot_id: str = "B0BOT"
    app_id: str = "A0001"
    bot_token: str = "xoxb-stand-in"  # noqa: S105 - invented
    app_token: str = "xapp-stand-in"  # noqa: S105 - invented
    signing_secret: str = "stand-in-signing-secret"  # noqa: S105 - invented
    scopes: list[str] = field(default_factory=lambda: list(SCOPES))
    name: str = "Demo"
    domain: str = "demo"
    bot_name: str = "copy-image"
    _direct: dict[str, Channel] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.user(self.bot_user_id) is None:
            self.users.append(User(self.bot_user_id, self.bot_name, self.bot_name, is_bot=True))

    def user(self, user_id: str) -> User | None:
        """The person with this id."""
        return next((user for user in self.users if user.id == user_id), None)

    def team_of(self, user: User) -> str:
        """The id of the workspace this person belongs to."""
        return user.team_id or self.team_id

    def group(self, group_id: str) -> Group | None:
        """The user group with this id."""
        return next((group for group in self.groups if group.id == group_id), None)

    def channel(self, channel_id: str) -> Channel | None:
        """The channel, or the open direct conversation, with this id."""
        if channel_id in self._direct:
            return self._direct[channel_id]
        return next((channel for channel in self.channels if channel.id == channel_id), None)

    @property
    def url(self) -> str:
        """The workspace's address, with which those of its messages begin."""
        return f"https://{self.domain}.slack.com/"

    def joinable(self, user_id: str) -> list[Channel]:
        """The public channels that this person is not in, and may read and join: guests none."""
        user = self.user(user_id)
        if (
            user is None
            or user.is_restricted
            or user.is_ultra_restricted
            or self.team_of(user) != self.team_id
        ):
            return []
        return [c for c in self.channels if user_id not in c.members and not (c.is_private or c.is_archived)]

    def open_direct(self, user_id: str) -> Channel:
        """The direct conversation between the bot and this person, opened if need be.

        Raises:
            KeyError: nobody has this id.
        """
        user = self.user(user_id)
        if user is None:
            raise KeyError(user_id)
        channel_id = direct_id(user_id)
        fresh = Channel(channel_id, user.name, [user_id, self.bot_user_id], is_private=True, is_im=True)
        return self._direct.setdefault(channel_id, fresh)


def direct_id(user_id: str) -> str:
    """The id of the bot's direct conversation with this person: U0001 and D0001."""
    return "D" + user_id[1:]
