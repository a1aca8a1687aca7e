// The page's own words, in the language of whoever is speaking, as their app would have them.

const languages = await (await fetch("words.json")).json();
let words = languages.en;

export function speak(language) {
  words = languages[language] ?? languages.en;
  document.documentElement.lang = language in languages ? language : "en";
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  for (const element of document.querySelectorAll("[data-hint]")) element.placeholder = word(element.dataset.hint);
  for (const element of document.querySelectorAll("[data-label]")) label(element, word(element.dataset.label));
}

/** `word("replyTo", { name })`: what words.json has, its placeholders filled in. */
export function word(name, values = {}) {
  return words[name].replace(/{(\w+)}/g, (_, key) => values[key]);
}

/** What an element is called, for whoever listens and whoever points at it. */
export function label(element, text) {
  element.setAttribute("aria-label", text);
  if (element.matches("button, [role=switch]")) element.title = text;
}
