"""Who and what the sandbox opens with: three people, each with a language, a group of theirs, and one with topics."""

from dataclasses import dataclass

from bot.sandbox.nouns import Chat, User
from bot.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Cast:
    """`people`: the first one administers the bot and both groups."""

    people: tuple[User, ...]
    groups: tuple[Chat, ...]

    @property
    def admin(self) -> User:
        return self.people[0]


def gather(world: World) -> Cast:
    people = (world.person("Ann"), world.person("Minjun", language="ko"), world.person("Aoi", language="ja"))
    for person in people:
        world.private(person)
    team = world.supergroup("Team", people)
    forum = world.supergroup("Team with topics", people, forum=True)
    for topic in ("Questions", "Small talk"):
        world.topic(forum, topic)
    return Cast(people, (team, forum))
