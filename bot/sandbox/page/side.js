// Beside the chat: the places where somebody can write, and who is speaking.

import { avatar, snippet } from "./bubble.js";
import { $, keepingFocus, make } from "./dom.js";
import { GENERAL } from "./world.js";
import { word } from "./words.js";

export function placeKey({ chat, thread }) {
  return `${chat.id}/${thread ?? ""}`;
}

export function titleOf({ chat, thread }, world) {
  if (chat.type === "private") return world.nameOf(world.bot);
  if (!chat.topics) return chat.title;
  return thread === GENERAL ? word("general") : chat.topics.get(thread);
}

/** `view`: { world, by, place, on: { go, speakAs } }. `unread`: how many messages, by placeKey. */
export function renderSide(view, unread) {
  const { world } = view;
  keepingFocus($("side"), () => {
    $("places").replaceChildren(...world.placesOf(view.by).flatMap((place) => placeItems(place, view, unread.get(placeKey(place)))));
    $("people").replaceChildren($("people").firstElementChild, ...[...world.people.values()].map((person) => personChoice(person, view)));
  });
  $("privacy").checked = world.privacy;
}

/** A group with topics has a heading, and an item for each. */
function placeItems(place, view, count) {
  const heading = place.thread === GENERAL && make("li", {}, make("h2", {}, place.chat.title));
  return [heading, placeItem(place, view, count)].filter(Boolean);
}

function placeItem(place, { world, by, place: here, on }, count) {
  const { chat, thread } = place;
  const isHere = placeKey(place) === placeKey(here);
  const last = world.messagesIn(place).at(-1)?.message;
  const button = make(
    "button",
    { type: "button", "aria-current": isHere && "true", onclick: () => on.go(by, place) },
    avatar(chat.type === "private" ? world.bot : { id: chat.id + (thread ?? 0), first_name: thread ? "#" : chat.title }, world),
    make("span", {}, make("strong", {}, titleOf(place, world)), make("small", {}, last ? snippet(last, world) : "")),
    count && make("span", { class: "count", role: "img", "aria-label": word("unread", { count }) }, String(count)),
  );
  return make("li", {}, button);
}

function personChoice(person, { world, by, on }) {
  const languages = new Intl.DisplayNames([person.language_code], { type: "language" });
  const isAdmin = [...world.chats.values()].some((chat) => chat.title && chat.admins.includes(person.id));
  const facts = [languages.of(person.language_code), isAdmin && word("administrator")].filter(Boolean);
  return make(
    "label",
    {},
    make("input", { type: "radio", name: "by", value: person.id, checked: person.id === by, onchange: () => on.speakAs(person.id) }),
    avatar(person, world),
    make("span", {}, make("strong", {}, world.nameOf(person)), make("small", {}, facts.join(", "))),
  );
}
