// The panel beside the chat: what the bot got and called, for one message or in all.

import { $, make } from "./dom.js";
import { word } from "./words.js";

const MAX_SHOWN = 200;

/** `message`: null for all traffic. */
export function showTraffic(world, message) {
  const about = message ? world.trafficOf(message) : world.traffic.slice(-MAX_SHOWN).reverse();
  $("panel-title").textContent = word("traffic");
  $("panel-hint").textContent = about.length ? word(message ? "ofMessage" : "allTraffic") : word("noTraffic");
  const opened = new Set([...$("entries").querySelectorAll("details[open]")].map((details) => details.dataset.number));
  $("entries").replaceChildren(...about.map((entry) => details(entry, String(world.traffic.indexOf(entry)), opened, message !== null)));
}

/** Those of one message are open. */
function details(entry, number, opened, isOne) {
  const { kind, title, problem, json } = described(entry);
  return make(
    "details",
    { class: kind, "data-number": number, open: isOne || opened.has(number) },
    make("summary", {}, make("small", {}, word(kind)), ` ${title} `, problem && make("em", {}, problem)),
    make("pre", { tabindex: 0 }, JSON.stringify(json, null, 2)),
  );
}

function described(entry) {
  if (entry.kind === "update") {
    const title = Object.keys(entry.update).find((name) => name !== "update_id");
    return { kind: "update", title, json: entry.update };
  }
  const { method, parameters, answer } = entry;
  return { kind: "call", title: method, problem: answer.ok ? null : answer.description, json: { parameters, answer } };
}
