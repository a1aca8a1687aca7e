// The panel beside the chat: what the bot got and called, for one message or in all.

import { $, make } from "./dom.js";
import { word } from "./words.js";

const MAX_SHOWN = 200;

export function clearTraffic() {
  $("entries").replaceChildren();
}

/** `about`: a message, or "all". Adds what isn't shown yet, so that what is open or has the focus stays so. */
export function showTraffic(world, about) {
  const isAll = about === "all";
  const entries = isAll ? world.traffic.slice(-MAX_SHOWN) : world.trafficOf(about);
  $("panel-title").textContent = word("traffic");
  $("panel-hint").textContent = word(entries.length ? (isAll ? "allTraffic" : "ofMessage") : "noTraffic");
  const shown = new Set([...$("entries").children].map((element) => element.dataset.number));
  for (const entry of entries) {
    const number = String(world.traffic.indexOf(entry));
    if (shown.has(number)) continue;
    const element = details(entry, number, !isAll);
    if (isAll) $("entries").prepend(element);
    else $("entries").append(element);
  }
  while ($("entries").children.length > MAX_SHOWN) $("entries").lastElementChild.remove();
}

function details(entry, number, open) {
  const { kind, title, gist, problem, json } = described(entry);
  return make(
    "details",
    { class: kind, "data-number": number, open },
    make("summary", {}, make("small", {}, word(kind)), ` ${title} `, problem && make("em", {}, problem), gist && make("span", {}, gist)),
    make("pre", { tabindex: 0 }, JSON.stringify(json, null, 2)),
  );
}

/** `gist`: the words that it is about, to know one from another. */
function described(entry) {
  if (entry.kind === "update") {
    const [title, content] = Object.entries(entry.update).find(([name]) => name !== "update_id");
    const gist = content.text ?? content.caption ?? content.document?.file_name ?? content.data ?? content.query;
    return { kind: "update", title, gist, json: entry.update };
  }
  const { method, parameters, answer } = entry;
  const gist = parameters.text ?? parameters.caption;
  return { kind: "call", title: method, gist, problem: answer.ok ? null : answer.description, json: { parameters, answer } };
}
