// A message as an element.

import { make } from "./dom.js";
import { rendered } from "./text.js";
import { label, word } from "./words.js";

const SNIPPET = 120;

/**
 * `view`: { world, by, on }, with `by` the id of whoever is speaking. `on` has what can be done:
 * command(text), jump(address), press(message, button), react(message, emoji), show(message), menu(message, anchor).
 */
export function bubble(entry, view) {
  const { message } = entry;
  const said = serviceText(message, view.world);
  if (said) return make("article", { class: "service", "data-id": message.message_id }, said);
  const isMine = message.from.id === view.by;
  const isPrivate = message.chat.type === "private";
  const article = make(
    "article",
    {
      class: isMine ? "mine" : "theirs",
      "data-id": message.message_id,
      "aria-label": `${view.world.nameOf(message.from)}, ${time(message.date)}`,
    },
    !isMine && !isPrivate && avatar(message.from, view.world),
    make(
      "div",
      { class: "bubble" },
      !isMine && !isPrivate && make("strong", { class: `name hue${hue(message.from)}` }, view.world.nameOf(message.from)),
      message.via_bot && make("span", { class: "via" }, word("via", { name: message.via_bot.username })),
      replied(message, view),
      file(message, view),
      make("div", { class: "text", dir: "auto" }, rendered(textOf(message), message.entities ?? message.caption_entities, view.on)),
      footer(entry, view),
    ),
    keyboard(message, view),
  );
  return article;
}

export function textOf(message) {
  return message.text ?? message.caption ?? "";
}

/** A line that says what a message is about. */
export function snippet(message, world) {
  const text = (textOf(message) || message.document?.file_name || serviceText(message, world)).replace(/\s+/g, " ");
  return text.length > SNIPPET ? `${text.slice(0, SNIPPET)}…` : text;
}

export function avatar(user, world) {
  return make("span", { class: `avatar hue${hue(user)}`, "aria-hidden": "true" }, [...world.nameOf(user)][0]);
}

export function time(date) {
  return new Date(date * 1000).toLocaleTimeString(document.documentElement.lang, { hour: "numeric", minute: "2-digit" });
}

function hue(user) {
  return Math.abs(user.id) % 6;
}

function replied(message, view) {
  const original = message.reply_to_message;
  if (!original || original.forum_topic_created) return null;
  return make(
    "button",
    { type: "button", class: `reply hue${hue(original.from)}`, onclick: () => view.on.show(original) },
    make("strong", {}, view.world.nameOf(original.from)),
    make("span", { class: message.quote ? "quoted" : "" }, message.quote?.text ?? snippet(original, view.world)),
  );
}

function file(message) {
  if (!message.document) return null;
  const { file_id, file_name, file_size } = message.document;
  const size = file_size < 1024 ? `${file_size} B` : `${Math.round(file_size / 1024)} KB`;
  return make(
    "a",
    { class: "file", href: `files/${encodeURIComponent(file_id)}`, download: file_name, "aria-label": word("download", { name: file_name }) },
    make("span", { class: "paper", "aria-hidden": "true" }, "↓"),
    make("span", {}, make("strong", {}, file_name), make("small", {}, size)),
  );
}

function footer({ message, reactions, seen }, view) {
  const chips = Object.entries(reactions)
    .filter(([, users]) => users.length)
    .map(([emoji, users]) => {
      const isMine = users.includes(view.by);
      const chip = make(
        "button",
        { type: "button", class: "chip", "aria-pressed": String(isMine), onclick: () => view.on.react(message, isMine ? null : emoji) },
        users.length > 1 ? `${emoji} ${users.length}` : emoji,
      );
      label(chip, word("react", { emoji }));
      return chip;
    });
  return make(
    "footer",
    {},
    ...chips,
    make(
      "small",
      {},
      !seen && message.from.id !== view.world.bot.id && make("span", { role: "img", "aria-label": word("unseen"), title: word("unseen") }, "⊘ "),
      message.edit_date && `${word("edited")} `,
      make("time", { datetime: new Date(message.date * 1000).toISOString() }, time(message.date)),
    ),
    more(message, view),
  );
}

function more(message, view) {
  const button = make("button", { type: "button", class: "icon more", "aria-haspopup": "menu" }, "⋯");
  label(button, word("more"));
  button.addEventListener("click", () => view.on.menu(message, button));
  return button;
}

function keyboard(message, view) {
  const rows = message.reply_markup?.inline_keyboard ?? [];
  if (!rows.length) return null;
  const button = (one) => {
    const mark = one.url ? " ↗" : one.switch_inline_query !== undefined ? " ↩" : "";
    const element = make("button", { type: "button" }, one.text + mark);
    element.addEventListener("click", async () => {
      element.setAttribute("aria-busy", "true");
      await view.on.press(message, one);
      element.removeAttribute("aria-busy");
    });
    return element;
  };
  return make("div", { class: "keyboard", role: "group" }, ...rows.map((row) => make("div", {}, ...row.map(button))));
}

/** What happened, for messages that nobody wrote; null for all others. */
export function serviceText(message, world) {
  const by = world.nameOf(message.from);
  if (message.new_chat_members) {
    const [user] = message.new_chat_members;
    const name = world.nameOf(user);
    return user.id === message.from.id ? word("joined", { name }) : word("added", { by, name });
  }
  if (message.left_chat_member) {
    const name = world.nameOf(message.left_chat_member);
    return message.left_chat_member.id === message.from.id ? word("left", { name }) : word("removed", { by, name });
  }
  if (message.forum_topic_created) return word("topic", { name: message.forum_topic_created.name });
  if (message.text !== undefined || message.document || message.caption !== undefined) return null;
  const known = new Set(["message_id", "date", "chat", "from", "message_thread_id", "is_topic_message", "reply_to_message"]);
  return word("service", { what: Object.keys(message).filter((name) => !known.has(name)).join(", ") });
}
