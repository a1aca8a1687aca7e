// The page: who is speaking where, and everything that is on the screen. What happens is told by the sandbox's journal alone;
// what is done here goes there first, and shows when it comes back.

import { act, follow, read } from "./api.js";
import { openActions, watchSelection } from "./actions.js";
import { bubble, serviceText } from "./bubble.js";
import { Composer } from "./composer.js";
import { $, keepingFocus, make } from "./dom.js";
import { clearTraffic, showTraffic } from "./panel.js";
import { placeKey, renderSide, titleOf } from "./side.js";
import { World, threadOf } from "./world.js";
import { speak, word } from "./words.js";

const TYPING = 5000; // ms that a chat action is shown, unless a message comes before
const TOAST = 4000;

const state = await read("state");
const world = new World(state);
const unread = new Map(); // by place, as placeKey names them
let suggestions = [];
let traffic = null; // what the panel shows: "all", a message, or nothing
let typing = null; // the chat in which the bot is at work
let isOffline = false;

const view = {
  world,
  by: [...world.people.keys()][0],
  place: null, // until the page knows what has happened so far
  attempt,
  on: {
    go,
    speakAs,
    command: (text) => composer.say(text),
    jump,
    press,
    react: (message, emoji) => attempt(() => act("react", { ...about(message), emoji })),
    show,
    menu: (message, anchor) => openActions(message, anchor, view),
    reply: (message, quote) => composer.reply(message, quote),
    edit: (message) => composer.edit(message),
    remove: (message) => attempt(() => act("delete", about(message))),
    traffic: (message) => openPanel(message),
    copy,
  },
};
const composer = new Composer(view);

// Who and where ------------------------------------------------------------------------------------------------------

/** The address keeps who and where, for the next load of the page. */
function go(by, place) {
  view.by = by;
  view.place = place;
  unread.delete(placeKey(place));
  history.replaceState(null, "", `#${by}/${placeKey(place)}`);
  document.body.dataset.pane = "chat";
  composer.clear();
  speak(world.people.get(by).language_code);
  showSide();
  showPlace();
}

function fromAddress() {
  const [by, chat, thread] = location.hash.slice(1).split("/").map(Number);
  const person = world.people.has(by) ? by : view.by;
  const places = world.placesOf(person);
  const place = places.find((one) => one.chat.id === chat && (one.thread ?? 0) === (thread || 0)) ?? places[0];
  go(person, place);
}

function speakAs(person) {
  const places = world.placesOf(person);
  const same = places.find((place) => placeKey(place) === placeKey(view.place));
  go(person, same ?? places[0]);
}

function showSide() {
  renderSide(view, unread);
}

// The chat -----------------------------------------------------------------------------------------------------------

function showPlace() {
  const { chat } = view.place;
  $("title").textContent = titleOf(view.place, world);
  $("promote").hidden = chat.type === "private";
  $("administrator").checked = chat.botIsAdmin;
  showStatus();
  // Not news: nothing of it is read out.
  $("log").setAttribute("aria-live", "off");
  const entries = world.messagesIn(view.place);
  $("log").replaceChildren(...(entries.length ? entries.map((entry) => bubble(entry, view)) : [nothing(chat)]));
  measureQuotes();
  scrollToEnd();
  requestAnimationFrame(() => $("log").setAttribute("aria-live", "polite"));
  showFoot();
}

function nothing({ type }) {
  return type === "private" ? make("p", { class: "nothing intro" }, word("intro")) : make("p", { class: "nothing service" }, word("empty"));
}

function showStatus() {
  const { chat } = view.place;
  const people = word("people", { count: chat.people.filter((id) => world.people.has(id)).length });
  const usual = chat.type === "private" ? word("bot") : chat.topics ? `${chat.title} · ${people}` : people;
  $("status").textContent = isOffline ? word("offline") : typing === chat.id ? word("typing") : usual;
}

/** Before the first message to the bot there is nothing but a button, as in Telegram. */
function showFoot() {
  const isUnstarted = view.place.chat.type === "private" && !world.messagesIn(view.place).length;
  const wasOnStart = document.activeElement === $("start");
  $("start").hidden = !isUnstarted;
  $("composer").hidden = isUnstarted;
  if (wasOnStart && !isUnstarted) $("text").focus();
  const isGroup = view.place.chat.type !== "private";
  const buttons = suggestions.map((question) =>
    make("button", { type: "button", lang: "en", onclick: () => ask(question, isGroup) }, isGroup ? `/ask ${question}` : question),
  );
  keepingFocus($("suggestions"), () => $("suggestions").replaceChildren(...buttons));
  $("suggestions").hidden = isUnstarted || !buttons.length;
}

async function ask(question, isGroup) {
  suggestions = suggestions.filter((other) => other !== question);
  showFoot();
  await composer.say(isGroup ? `/ask ${question}` : question);
}

/** Whether the newest message is on the screen; as long as it is, it stays there. */
let isAtEnd = true;
$("log").addEventListener("scroll", () => (isAtEnd = $("log").scrollHeight - $("log").scrollTop - $("log").clientHeight < 80));
new ResizeObserver(() => isAtEnd && scrollToEnd()).observe($("log"));

function scrollToEnd() {
  $("log").scrollTop = $("log").scrollHeight;
  isAtEnd = true;
}

/** Quotes that are short anyway need no button to unfold them. */
function measureQuotes() {
  for (const quote of $("log").querySelectorAll("blockquote.folded:not([data-measured])")) {
    const text = quote.firstElementChild;
    quote.dataset.measured = "";
    if (text.scrollHeight <= text.clientHeight + 1) quote.querySelector(".fold").hidden = true;
  }
}

function elementOf(message) {
  return $("log").querySelector(`[data-id="${message.message_id}"]`);
}

function show(message) {
  const element = elementOf(message);
  element?.scrollIntoView({ block: "center", behavior: "smooth" });
  element?.animate([{ opacity: 0.3 }, { opacity: 1 }], 900);
}

/** Whether an address leads to a message in the sandbox, which is shown then; on Telegram too such a link doesn't leave the app. */
function jump(address) {
  const found = world.atAddress(address);
  if (!found) return false;
  const { chat, message } = found;
  if (!message || !chat.people.includes(view.by)) toast(word("noMessage"));
  else showWhereItIs(message, { chat, thread: threadOf(chat, message) });
  return true;
}

/** The focus was on a link or a button that is gone with the place. */
function showWhereItIs(message, place) {
  if (placeKey(place) !== placeKey(view.place)) {
    go(view.by, place);
    $("log").focus({ preventScroll: true });
  }
  show(message);
}

// What happens -------------------------------------------------------------------------------------------------------

/** What had happened before the page was loaded shows all at once. */
function onEntry(entry, number) {
  world.take(entry);
  if (number < state.told - 1) return;
  if (number === state.told - 1) return fromAddress();
  switch (entry.kind) {
    case "posted":
    case "edited":
    case "reacted":
    case "deleted":
      onMessage(entry);
      break;
    case "acted":
      onTyping(entry.chat);
      break;
    case "chat":
    case "privacy":
      $("administrator").checked = view.place.chat.botIsAdmin;
      $("privacy").checked = world.privacy;
      break;
    case "update":
    case "call":
      if (traffic) showTraffic(world, traffic);
  }
}

function onMessage(entry) {
  const { message } = entry;
  const chat = world.chats.get(entry.chat);
  const place = { chat, thread: threadOf(chat, message) };
  if (entry.kind === "posted" && message.from.id === world.bot.id && typing === chat.id) onTyping(null);
  if (placeKey(place) === placeKey(view.place)) {
    showMessage(entry);
  } else if (entry.kind === "posted" && chat.people.includes(view.by) && serviceText(message, world) === null) {
    unread.set(placeKey(place), (unread.get(placeKey(place)) ?? 0) + 1);
  }
  showSide();
}

function showMessage(entry) {
  const log = $("log");
  const present = elementOf(entry.message);
  if (entry.kind === "deleted") present?.remove();
  else if (present) {
    keepingFocus(present, () => {
      const changed = bubble(entry, view);
      present.replaceWith(changed);
      keepUnfolded(present, changed);
      return changed;
    });
  } else log.append(bubble(entry, view));
  const isEmpty = !world.messagesIn(view.place).length;
  if (isEmpty) log.replaceChildren(nothing(view.place.chat));
  else log.querySelector(".nothing")?.remove();
  measureQuotes();
  if (isAtEnd || (entry.kind === "posted" && entry.message.from.id === view.by)) scrollToEnd();
  showFoot();
}

/** What somebody has unfolded stays so while it says the same. */
function keepUnfolded(before, after) {
  const unfolded = [...before.querySelectorAll("blockquote:not(.folded) > div")].map((text) => text.textContent);
  for (const text of after.querySelectorAll("blockquote.folded > div")) {
    if (unfolded.includes(text.textContent)) text.nextElementSibling.click();
  }
}

function onTyping(chat) {
  typing = chat;
  showStatus();
  if (chat !== null) setTimeout(() => typing === chat && onTyping(null), TYPING);
}

// What is done -------------------------------------------------------------------------------------------------------

function about(message) {
  return { by: view.by, chat: message.chat.id, message: message.message_id };
}

/** The result of `work`, or undefined after saying why there is none. */
async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    if (error.name !== "AbortError") toast(error instanceof TypeError ? word("offline") : error.message);
    return undefined;
  }
}

async function press(message, button) {
  if (button.callback_data !== undefined) return pressed(message, button.callback_data);
  if (button.url !== undefined) return jump(button.url) || window.open(button.url, "_blank", "noopener,noreferrer");
  if (button.copy_text !== undefined) return copy(button.copy_text.text);
  const words = button.switch_inline_query_current_chat ?? button.switch_inline_query;
  return composer.write(`@${world.bot.username} ${words ?? ""}`);
}

async function pressed(message, data) {
  const result = await attempt(() => act("press", { ...about(message), data }));
  if (!result) return;
  const { answer } = result;
  if (!answer) toast(word("noAnswer"));
  else if (answer.text && answer.show_alert) alertOf(answer.text);
  else if (answer.text) toast(answer.text);
}

/** Browsers let a page copy only if it comes from this very machine. */
async function copy(text) {
  const done = await navigator.clipboard?.writeText(text).then(() => true, () => false);
  toast(word(done ? "copied" : "notCopied"));
}

let toasted;

/** Never hidden, only empty: screen readers read out what comes into an element that was there before. */
function toast(text) {
  $("toast").textContent = text;
  clearTimeout(toasted);
  toasted = setTimeout(() => ($("toast").textContent = ""), TOAST);
}

function alertOf(text) {
  $("alert-text").textContent = text;
  $("alert").showModal();
}

function openPanel(what) {
  traffic = what;
  $("panel").hidden = !what;
  $("traffic").setAttribute("aria-expanded", String(what === "all"));
  document.body.dataset.pane = what ? "panel" : "chat";
  clearTraffic();
  if (what) showTraffic(world, what);
  $(what ? "panel-end" : "traffic").focus();
}

/** A switch goes back if what it stands for can't be changed. */
async function onSwitch({ target }, name) {
  const done = await attempt(() => act(name, { by: view.by, chat: view.place.chat.id, on: target.checked }));
  if (!done) target.checked = !target.checked;
}

function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  localStorage.setItem("theme", theme);
}

$("start").addEventListener("click", () => composer.say("/start"));
$("back").addEventListener("click", () => (document.body.dataset.pane = "side"));
$("traffic").addEventListener("click", () => openPanel(traffic === "all" ? null : "all"));
$("panel-end").addEventListener("click", () => openPanel(null));
$("panel").addEventListener("keydown", (event) => event.key === "Escape" && openPanel(null));
$("privacy").addEventListener("change", (event) => onSwitch(event, "privacy"));
$("administrator").addEventListener("change", (event) => onSwitch(event, "administrator"));
$("theme").value = localStorage.getItem("theme") ?? "";
setTheme($("theme").value);
$("theme").addEventListener("change", (event) => setTheme(event.target.value));
window.addEventListener("hashchange", fromAddress);

watchSelection(view);
follow(onEntry, (isTrouble) => {
  isOffline = isTrouble;
  if (view.place) showStatus();
});
suggestions = await read("suggestions");
if (view.place) showFoot();
