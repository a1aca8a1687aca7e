// A list above the message being written: commands after "/", results of inline mode. Arrow keys choose, Enter takes.

import { $, make } from "./dom.js";

let options = [];
let chosen = -1;

/** `items`: [{ title, text, take(isTab) }]. */
export function offer(items) {
  options = items;
  const elements = items.map((item, index) =>
    make(
      "li",
      { role: "option", id: `choice-${index}`, onmousedown: (event) => event.preventDefault(), onclick: () => item.take(false) },
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
  if (!options.length) return false;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) choose((chosen + step + options.length) % options.length);
  else if (event.key === "Enter" || event.key === "Tab") options[chosen].take(event.key === "Tab");
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
