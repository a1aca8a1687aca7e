// What can be done with a message: a menu beside it, and a button beside what is selected in it.

import { $, make } from "./dom.js";
import { textOf } from "./bubble.js";
import { label, word } from "./words.js";

const OFTEN = ["👍", "👎", "❤", "🔥", "🎉", "🤔"];

export function openActions(message, anchor, view) {
  const { on, by, world } = view;
  const isMine = message.from.id === by && !message.via_bot;
  const isAdmin = world.chats.get(message.chat.id).admins.includes(by);
  const quote = selectedPart(message);
  const items = [
    item("reply", () => on.reply(message)),
    quote && item("quote", () => on.reply(message, quote)),
    isMine && item("edit", () => on.edit(message)),
    item("copy", () => on.copy(textOf(message))),
    (message.from.id === by || isAdmin || message.chat.type === "private") && item("delete", () => on.remove(message)),
    item("traffic", () => on.traffic(message)),
  ];
  const menu = $("actions");
  menu.replaceChildren(make("div", { class: "reactions", role: "group" }, ...OFTEN.map((emoji) => reaction(emoji, message, on))), ...items.filter(Boolean));
  menu.showPopover();
  beside(menu, anchor.getBoundingClientRect());
  menu.querySelector("button").focus();
}

function item(name, take) {
  return make("button", { type: "button", role: "menuitem", onclick: () => done(take) }, word(name));
}

function reaction(emoji, message, on) {
  const button = make("button", { type: "button", role: "menuitem", onclick: () => done(() => on.react(message, emoji)) }, emoji);
  label(button, word("react", { emoji }));
  return button;
}

function done(take) {
  $("actions").hidePopover();
  take();
}

/** Puts `element` near `place`, inside the window. */
function beside(element, place) {
  const { offsetWidth: width, offsetHeight: height } = element;
  element.style.left = `${Math.max(8, Math.min(place.left, innerWidth - width - 8))}px`;
  element.style.top = `${Math.max(8, Math.min(place.bottom + 4, innerHeight - height - 8))}px`;
}

/** The arrow keys move in the menu; Escape closes it by itself. */
$("actions").addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const buttons = [...$("actions").querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement);
  buttons[(at + step + buttons.length) % buttons.length].focus();
});

/** Offers to quote what is selected in one message. */
export function watchSelection(view) {
  document.addEventListener("selectionchange", () => {
    const found = selected();
    $("quote").hidden = !found;
    if (found) beside($("quote"), getSelection().getRangeAt(0).getBoundingClientRect());
  });
  $("quote").addEventListener("mousedown", (event) => event.preventDefault()); // which would end the selection
  $("quote").addEventListener("click", () => {
    const found = selected();
    const entry = found && view.place.chat.messages.get(found.id);
    if (entry) view.on.reply(entry.message, found.text);
    getSelection().removeAllRanges();
  });
}

function selectedPart(message) {
  const found = selected();
  return found?.id === message.message_id ? found.text : null;
}

/** { id, text } of the selection if it lies within the text of one message, else null. */
function selected() {
  const selection = getSelection();
  if (selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const within = range.commonAncestorContainer;
  const text = (within instanceof Element ? within : within.parentElement)?.closest("#log .text");
  const part = range.cloneContents().textContent.trim();
  return text && part ? { id: Number(text.closest("article").dataset.id), text: part } : null;
}
