// Text with entities → elements. Offsets count UTF-16 units, as JavaScript's strings do.
// The text content of what comes out is the text, letter by letter: quotes are cut out of it.

import { make } from "./dom.js";
import { word } from "./words.js";

const STYLES = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre" };
const SAFE = new Set(["http:", "https:", "mailto:", "tg:"]);

/** `on`: { command(text), jump(address) }, for what is pressed; `jump` tells whether the address leads to a message here. */
export function rendered(text, entities, on) {
  const sorted = [...(entities ?? [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const fragment = document.createDocumentFragment();
  fragment.append(...nodes(text, 0, text.length, sorted, on));
  return fragment;
}

/** The nodes of `text` from `start` to `end`; `entities` lie in it and nest. */
function nodes(text, start, end, entities, on) {
  const found = [];
  let at = start;
  while (entities.length) {
    const [outer, ...others] = entities;
    const last = outer.offset + outer.length;
    const inner = others.filter((entity) => entity.offset < last);
    entities = others.filter((entity) => entity.offset >= last);
    if (outer.offset > at) found.push(text.slice(at, outer.offset));
    found.push(element(outer, text.slice(outer.offset, last), nodes(text, outer.offset, last, inner, on), on));
    at = last;
  }
  if (at < end) found.push(text.slice(at, end));
  return withoutDoubleBreaks(found);
}

/** A quote begins and ends a line by itself: the line breaks around it stay in the text, but don't show. */
function withoutDoubleBreaks(found) {
  const isQuote = (node) => node instanceof HTMLQuoteElement || (node instanceof HTMLElement && node.matches("pre"));
  return found.flatMap((node, index) => {
    if (typeof node !== "string") return [node];
    const parts = [];
    let text = node;
    if (isQuote(found[index - 1]) && text.startsWith("\n")) {
      parts.push(make("span", { class: "unseen" }, "\n"));
      text = text.slice(1);
    }
    const ends = isQuote(found[index + 1]) && text.endsWith("\n");
    parts.push(ends ? text.slice(0, -1) : text);
    if (ends) parts.push(make("span", { class: "unseen" }, "\n"));
    return parts;
  });
}

function element(entity, text, children, on) {
  switch (entity.type) {
    case "text_link":
      return link(entity.url, children, on);
    case "url":
      return link(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`, children, on);
    case "email":
      return link(`mailto:${text}`, children, on);
    case "bot_command":
      return make("button", { type: "button", class: "command", onclick: () => on.command(text) }, ...children);
    case "blockquote":
      return make("blockquote", {}, ...children);
    case "expandable_blockquote":
      return folded(children);
    case "spoiler":
      return spoiler(children);
    default:
      return make(STYLES[entity.type] ?? "span", { class: entity.type }, ...children);
  }
}

function link(address, children, on) {
  const isSafe = URL.canParse(address) && SAFE.has(new URL(address).protocol);
  const onclick = (event) => on.jump(address) && event.preventDefault();
  return make("a", { href: isSafe && address, target: "_blank", rel: "noopener noreferrer", onclick }, ...children);
}

/** Three lines of a quote, until it is unfolded. */
function folded(children) {
  const button = make("button", { type: "button", class: "fold" });
  const quote = make("blockquote", { class: "folded" }, make("div", {}, ...children), button);
  const show = (isFolded) => {
    quote.classList.toggle("folded", isFolded);
    button.setAttribute("aria-expanded", !isFolded);
    button.setAttribute("aria-label", word(isFolded ? "unfold" : "fold"));
  };
  button.addEventListener("click", () => show(!quote.classList.contains("folded")));
  show(true);
  return quote;
}

function spoiler(children) {
  const hidden = make("span", { class: "spoiler", role: "button", tabindex: 0, "aria-label": word("spoiler") }, ...children);
  const reveal = () => {
    for (const name of ["role", "tabindex", "aria-label"]) hidden.removeAttribute(name);
    hidden.classList.remove("spoiler");
  };
  hidden.addEventListener("click", reveal, { once: true });
  hidden.addEventListener("keydown", (event) => event.key === "Enter" && reveal());
  return hidden;
}
