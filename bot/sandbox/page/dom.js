// Making elements. Texts become text nodes, never markup: what documents say isn't trusted.

/** `make("a", { href, class: "mention", onclick }, "text", child, …)`; properties that are null or false are left out. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const $ = (id) => document.getElementById(id);

/**
 * Does `change`, which may put other elements in the place of those in `container`, and keeps the focus where somebody is:
 * on what has the same words now, or else the same place. `change` gives the new container if that is another one.
 */
export function keepingFocus(container, change) {
  const focused = document.activeElement;
  const at = controls(container).indexOf(focused);
  const now = controls(change() ?? container);
  if (at < 0 || focused.isConnected) return;
  (now.find((one) => one.textContent && one.textContent === focused.textContent) ?? now[at] ?? now.at(-1))?.focus();
}

function controls(container) {
  return [...container.querySelectorAll("a, button, input")];
}
