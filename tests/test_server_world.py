"""What people do in the sandbox's world, and what of it the bot gets to see."""

from typing import Any

import pytest

from bot.sandbox import Chat, Message, User, World

Json = dict[str, Any]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def ann(world: World) -> User:
    return world.person("Ann", language="ko")


@pytest.fixture
def bob(world: World) -> User:
    return world.person("Bob")


@pytest.fixture
def group(world: World, ann: User, bob: User) -> Chat:
    return world.group("Team", [ann, bob])


def kinds(world: World) -> list[str]:
    return [update.kind for update in world.updates.pending]


def texts(world: World) -> list[str]:
    """What the bot got to read."""
    return [update.content["text"] for update in world.updates.pending if "text" in update.content]


def bot_says(world: World, chat: Chat, text: str = "April 2016", **more: Any) -> Message:
    return world.post_by_bot(chat, {"text": text}, **more)


def test_the_first_message_opens_a_private_chat(world: World, ann: User) -> None:
    """It has the person's id, and the update looks as Telegram's does."""
    chat = world.private(ann)

    world.say(chat, ann, "/ask 😀 see https://example.org and @bob")

    message = world.updates.pending[0].content
    assert chat.id == ann.id == message["chat"]["id"]
    assert message["from"]["language_code"] == "ko"
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in message["entities"]] == [
        ("bot_command", 0, 4),
        ("url", 12, 19),
        ("mention", 36, 4),
    ]


class TestPrivacyMode:
    def test_plain_talk_and_mentions_stay_among_people(self, world: World, group: Chat, ann: User) -> None:
        """Mentions are not on the official list of what arrives."""
        world.say(group, ann, "when was the second dialogue?")
        world.say(group, ann, "@citebot when was the second dialogue?")
        world.say(group, ann, "that is /ask for you")

        assert texts(world) == []

    def test_commands_arrive_when_they_can_only_be_for_this_bot(self, world: World, group: Chat, ann: User) -> None:
        """Named, or bare where no other bot is; never those for another bot."""
        world.say(group, ann, "/ask@CiteBot one")
        world.say(group, ann, "/ask two")
        world.say(group, ann, "/ask@otherbot three")

        assert texts(world) == ["/ask@CiteBot one", "/ask two"]

    def test_beside_another_bot_bare_commands_go_to_who_spoke_last(self, world: World, group: Chat, ann: User) -> None:
        """So a bot must not count on them."""
        rival = world.other_bot("rivalbot")
        world.join(group, rival, by=ann)

        world.say(group, ann, "/ask one")
        bot_says(world, group)
        world.say(group, ann, "/ask two")
        world.say(group, rival, "me too")
        world.say(group, ann, "/ask three")

        assert texts(world) == ["/ask two"]

    def test_replies_to_the_bot_arrive(self, world: World, group: Chat, ann: User, bob: User) -> None:
        """Replies to people don't."""
        answer = bot_says(world, group)
        asked = world.say(group, ann, "and the third?", reply_to=answer)
        world.say(group, bob, "I wonder", reply_to=asked)

        assert texts(world) == ["and the third?"]
        assert world.updates.pending[-1].content["reply_to_message"]["message_id"] == answer.id

    def test_an_administrator_reads_everything(self, world: World, group: Chat, ann: User) -> None:
        """At once, and no longer once it is demoted."""
        world.promote(group, world.bot, by=ann)
        world.say(group, ann, "one")
        world.demote(group, world.bot, by=ann)
        world.say(group, ann, "two")

        assert texts(world) == ["one"]

    def test_switching_it_off_needs_the_bot_to_be_added_again(self, world: World, group: Chat, ann: User) -> None:
        """The trap that every team falls into."""
        world.set_privacy(False)
        world.say(group, ann, "one")
        world.remove_bot(group, by=ann)
        world.add_bot(group, by=ann)
        world.say(group, ann, "two")

        assert texts(world) == ["two"]

    def test_other_bots_are_never_heard(self, world: World, group: Chat, ann: User) -> None:
        """Not even by administrators."""
        rival = world.other_bot("rivalbot")
        world.join(group, rival, by=ann)
        world.promote(group, world.bot, by=ann)

        world.say(group, rival, "/ask@citebot one")

        assert texts(world) == []

    def test_an_anonymous_administrator_is_heard_as_the_group(self, world: World, group: Chat, ann: User) -> None:
        """The user is a stand-in."""
        world.say(group, ann, "/ask one", anonymous=True)

        message = world.updates.pending[-1].content
        assert message["sender_chat"]["id"] == group.id
        assert message["from"]["username"] == "GroupAnonymousBot"


class TestMembership:
    def test_the_bot_learns_of_its_own_coming_and_going(self, world: World, ann: User) -> None:
        """By `my_chat_member` and the service message, in the order in which it can see them."""
        group = world.group("Team", [ann])
        world.remove_bot(group, by=ann)

        assert kinds(world) == ["my_chat_member", "message", "message", "my_chat_member"]
        statuses = [update.content["new_chat_member"]["status"] for update in world.updates.pending if "my_" in update.kind]
        assert statuses == ["member", "kicked"]

    def test_the_bot_hears_nothing_after_it_was_put_out(self, world: World, group: Chat, ann: User) -> None:
        """Not even commands with its name."""
        world.remove_bot(group, by=ann)
        world.updates.drop_pending()

        world.say(group, ann, "/ask@citebot one")

        assert kinds(world) == []

    def test_changes_of_others_are_for_administrators_who_ask(self, world: World, group: Chat, ann: User) -> None:
        """`chat_member` isn't among the default updates."""
        world.updates.allow(["message", "chat_member"])
        carl = world.person("Carl")
        world.join(group, carl)
        world.promote(group, world.bot, by=ann)
        world.leave(group, carl)

        assert kinds(world)[-3:] == ["message", "message", "chat_member"]

    def test_blocking_is_told_and_writing_unblocks(self, world: World, ann: User) -> None:
        """A person can't write to a bot that they block."""
        chat = world.private(ann)
        world.block(ann)
        world.say(chat, ann, "back again")

        assert kinds(world) == ["my_chat_member", "my_chat_member", "message"]
        assert not chat.blocked

    @pytest.mark.parametrize("joins_first", [False, True])
    def test_a_migrated_group_goes_on_under_another_id(self, world: World, group: Chat, ann: User, joins_first: bool) -> None:
        """Two service messages say so, and that the bot has joined, sooner or later; message ids start anew."""
        world.updates.drop_pending()

        new = world.migrate(group, joins_first=joins_first)
        asked = world.say(new, ann, "/ask one")

        joined = next(update for update in world.updates.pending if update.kind == "my_chat_member")
        assert world.updates.pending.index(joined) == (0 if joins_first else 2)
        assert joined.content["chat"]["id"] == new.id
        old_side, new_side, question = (update.content for update in world.updates.pending if update is not joined)
        assert old_side["migrate_to_chat_id"] == new.id == question["chat"]["id"]
        assert new_side["migrate_from_chat_id"] == group.id
        assert asked.id == new_side["message_id"] + 1
        with pytest.raises(ValueError, match="supergroup"):
            world.say(group, ann, "/ask two")


class TestTopics:
    def test_a_message_in_a_topic_replies_to_its_opening(self, world: World, ann: User) -> None:
        """As Telegram has it: a bot must not take that for a reply."""
        forum = world.supergroup("Forum", [ann], forum=True)
        topic = world.topic(forum, "Space")

        seen = world.say(forum, ann, "/ask when?", thread=topic).json()

        assert (seen["message_thread_id"], seen["is_topic_message"]) == (topic, True)
        assert seen["reply_to_message"]["forum_topic_created"]["name"] == "Space"

    def test_the_general_topic_has_no_thread(self, world: World, ann: User) -> None:
        """It looks like a group without topics."""
        forum = world.supergroup("Forum", [ann], forum=True)

        seen = world.say(forum, ann, "/ask when?").json()

        assert "message_thread_id" not in seen
        assert seen["chat"]["is_forum"]


class TestButtonsAndInlineMode:
    def test_anybody_may_press_and_the_bot_sees_who(self, world: World, group: Chat, bob: User) -> None:
        """Privacy mode has nothing to do with buttons."""
        keyboard = {"inline_keyboard": [[{"text": "Next ▸", "callback_data": "next:1"}]]}
        sent = bot_says(world, group, markup=keyboard)

        query = world.press(sent, "Next", bob)

        update = world.updates.pending[-1].content
        assert (update["id"], update["data"], update["from"]["id"]) == (query.id, "next:1", bob.id)
        assert update["message"]["message_id"] == sent.id

    def test_the_button_of_a_deleted_message_comes_without_the_message(self, world: World, group: Chat) -> None:
        """Only its place is left, with the date 0."""
        keyboard = {"inline_keyboard": [[{"text": "Next", "callback_data": "n"}]]}
        sent = bot_says(world, group, markup=keyboard)
        world.delete(sent)

        world.press(sent, "Next", world.person("Carl"))

        assert world.updates.pending[-1].content["message"]["date"] == 0

    def test_an_inline_query_is_cut_to_256_characters(self, world: World, ann: User) -> None:
        """The rest never reaches the bot."""
        world.inline_query(ann, "x" * 300, chat_type="sender")

        assert world.updates.pending[-1].content["query"] == "x" * 256

    def test_inline_answers_are_cached_for_everybody_unless_personal(self, world: World, ann: User, bob: User) -> None:
        """That is how one person's answer leaks to another."""
        for personal in (False, True):
            asked = world.inline_query(ann, f"question {personal}")
            asked.answer = {"results": [], "is_personal": personal}

        assert world.inline_query(bob, "question False").is_cached
        assert world.inline_query(ann, "question True").is_cached
        assert not world.inline_query(bob, "question True").is_cached

    def test_a_chosen_result_is_posted_via_the_bot(self, world: World, group: Chat, ann: User) -> None:
        """In the person's name; a bot that asked for feedback learns of it, with a keyboard also how to edit it."""
        world.profile.inline_feedback = True
        query = world.inline_query(ann, "second")
        content = {"message_text": "April 2016"}
        keyboard = {"inline_keyboard": [[{"text": "More", "callback_data": "m"}]]}
        query.answer = {"results": [{"id": "a", "input_message_content": content, "reply_markup": keyboard}]}

        message = world.choose(query, "a", group)
        world.press(message, "More", ann)

        seen, chosen, pressed = (update.content for update in world.updates.pending[-3:])
        assert seen["via_bot"]["username"] == "citebot"
        assert chosen["inline_message_id"] == pressed["inline_message_id"] == message.inline_id

    def test_a_mention_where_the_bot_is_not_is_a_guest_message(self, world: World, ann: User) -> None:
        """With the id that answers it once."""
        foreign = world.supergroup("Elsewhere", [ann], bot=False)

        query = world.mention_guest(foreign, ann, "@citebot when?")

        assert kinds(world) == ["guest_message"]
        assert world.updates.pending[0].content["guest_query_id"] == query.id


class TestReactionsAndEdits:
    def test_reactions_come_when_asked_for_and_only_to_administrators(self, world: World, group: Chat, ann: User) -> None:
        """In private chats they come anyway."""
        private = world.private(ann)
        in_private, in_group = bot_says(world, private), bot_says(world, group)
        world.updates.drop_pending()

        world.react(in_private, ann, "👍")
        world.updates.allow(["message_reaction"])
        world.react(in_group, ann, "👍")
        world.react(in_private, ann, "👎")
        world.promote(group, world.bot, by=ann)
        world.react(in_group, ann)

        first, second = (update.content for update in world.updates.pending)
        assert (first["old_reaction"][0]["emoji"], first["new_reaction"][0]["emoji"]) == ("👍", "👎")
        assert (second["old_reaction"][0]["emoji"], second["new_reaction"]) == ("👍", [])

    def test_an_edit_is_an_update_and_a_deletion_is_not(self, world: World, ann: User) -> None:
        """Bots never learn of deletions."""
        asked = world.say(world.private(ann), ann, "wen?")
        world.edit(asked, "/ask when?")
        world.delete(asked)

        assert kinds(world) == ["message", "edited_message"]
        edited = world.updates.pending[-1].content
        assert (edited["message_id"], edited["text"]) == (asked.id, "/ask when?")
        assert edited["entities"][0]["type"] == "bot_command"
        assert edited["edit_date"]

    def test_an_edit_leaves_nothing_of_the_old_text(self, world: World, group: Chat, ann: User) -> None:
        """Entities of a link or command that is gone, least of all."""
        linked = world.edit(world.say(group, ann, "hello https://example.org/x"), "hi")
        captioned = world.edit(world.upload(group, ann, "notes.md", b"# Notes", caption="/add this"), "")

        assert linked.content == {"text": "hi"}
        assert captioned.content.keys() == {"document"}

    def test_a_command_that_is_edited_away_is_not_for_the_bot(self, world: World, group: Chat, ann: User) -> None:
        """Privacy mode is on: the bot gets what begins with a command, and only that."""
        asked = world.say(group, ann, "/ask q")
        world.updates.drop_pending()

        world.edit(asked, "q")
        assert kinds(world) == []

        world.edit(asked, "/ask q")
        assert kinds(world) == ["edited_message"]

    def test_a_quote_of_a_person_carries_its_entities(self, world: World, ann: User) -> None:
        """Apps quote with the formatting."""
        chat = world.private(ann)
        answer = bot_says(world, chat, "held in April 2016")
        answer = world.replace(answer, content={**answer.content, "entities": [{"type": "bold", "offset": 8, "length": 10}]})

        asked = world.say(chat, ann, "really?", reply_to=answer, quote="April 2016")

        assert asked.json()["quote"] == {
            "text": "April 2016",
            "position": 8,
            "is_manual": True,
            "entities": [{"type": "bold", "offset": 0, "length": 10}],
        }


class TestMessagesOfOtherKinds:
    def test_documents_voices_stickers_and_photos_have_files(self, world: World, ann: User) -> None:
        """Each with an id to ask for it, and an id that lasts."""
        chat = world.private(ann)

        document = world.upload(chat, ann, "notes.md", b"# Notes", mime_type="text/markdown", caption="/index")
        others = [world.voice(chat, ann), world.sticker(chat, ann), world.photo(chat, ann)]

        assert document.content["document"]["file_name"] == "notes.md"
        assert document.content["caption_entities"][0]["type"] == "bot_command"
        assert [next(iter(message.content)) for message in others] == ["voice", "sticker", "photo"]
        assert len({file.unique_id for file in world.files.values()}) == 4

    def test_a_channel_s_posts_are_channel_posts(self, world: World, ann: User) -> None:
        """Nobody sends them but the channel."""
        channel = world.channel("News", ann)
        world.updates.drop_pending()

        world.edit(world.say(channel, ann, "one"), "two")

        assert kinds(world) == ["channel_post", "edited_channel_post"]
        assert "from" not in world.updates.pending[0].content


def test_ids_of_messages_count_per_supergroup(world: World, ann: User, group: Chat) -> None:
    """A bot that keys by message id alone mixes up its chats; ids of deleted messages don't come back."""
    one, two = (world.supergroup(title, [ann]) for title in ("One", "Two"))
    first, second = (world.say(chat, ann, "x") for chat in (one, two))
    world.delete(first)

    assert first.id == second.id
    assert world.say(one, ann, "y").id == first.id + 1
    assert world.say(world.private(ann), ann, "x").id < world.say(group, ann, "x").id


def test_the_menu_is_that_of_the_narrowest_scope_and_the_language(world: World, ann: User, group: Chat) -> None:
    """Ann speaks Korean and created the group."""
    menus = world.profile.commands
    menus["default", ""] = [{"command": "start", "description": "Start"}]
    menus["all_group_chats", ""] = [{"command": "ask", "description": "Ask"}]
    menus["all_group_chats", "ko"] = [{"command": "ask", "description": "질문"}]
    menus[f"chat_administrators:{group.id}", ""] = [{"command": "stats", "description": "Stats"}]
    bob = next(member.user for member in group.members.values() if member.user.first_name == "Bob")

    assert world.menu(group, ann)[0]["command"] == "stats"
    assert world.menu(group, bob)[0]["description"] == "Ask"
    assert world.menu(world.private(ann), ann)[0]["command"] == "start"
