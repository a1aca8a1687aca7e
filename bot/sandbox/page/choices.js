// A list above the message being written: commands after "/", results of inline mode. Arrow keys choose, Enter takes.
// Tab completes what can be completed; otherwise it goes on to the next element, as it does everywhere.

import { $, make } from "./dom.js";

let options = [];
let chosen = -1;

/** `items`: [{ title, text, take(), complete() }]; what has no `complete` is left by Tab. */
export function offer(items) {
  options = items;
  const elements = items.map((item, index) =>
    make(
      "li",
      { role: "option", id: `choice-${index}`, onmousedown: (event) => event.preventDefault(), onclick: () => item.take() },
      make("strong", {}, item.title),
      item.text && make("span", {}, item.text),
    ),
  );
  $("choices").replaceChildren(...elements);
  $("choices").hidden = !items.length;
  choose(items.length ? 0 : -1);
}

/** Whether the key was for the list. */
export function onKey(event) {
  if (!options.length || event.shiftKey) return false;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) choose((chosen + step + options.length) % options.length);
  else if (event.key === "Enter") options[chosen].take();
  else if (event.key === "Tab" && options[chosen].complete) options[chosen].complete();
  else if (event.key === "Escape") offer([]);
  else return false;
  event.preventDefault();
  return true;
}

function choose(index) {
  chosen = index;
  [...$("choices").children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
  $("choices").children[index]?.scrollIntoView({ block: "nearest" });
  if (index >= 0) $("text").setAttribute("aria-activedescendant", `choice-${index}`);
  else $("text").removeAttribute("aria-activedescendant");
}
