// Where a message is written: replies, quotes, edits, commands, inline mode, files.

import { act, upload } from "./api.js";
import { snippet, textOf } from "./bubble.js";
import { offer, onKey } from "./choices.js";
import { $ } from "./dom.js";
import { word } from "./words.js";

const PAUSE = 200; // ms without another letter until an inline query is sent

/** `view`: { world, by, place, attempt(work) }; `attempt` shows what goes wrong, and gives undefined then. */
export class Composer {
  #view;
  #about = null; // { kind: "reply" or "edit", message, quote }
  #typing = null; // the inline query under way: { timer, abort }

  constructor(view) {
    this.#view = view;
    $("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send($("text").value);
    });
    $("text").addEventListener("keydown", (event) => this.#onKey(event));
    $("text").addEventListener("input", () => this.#onInput());
    $("commands").addEventListener("click", () => this.#openCommands());
    $("attach").addEventListener("click", () => $("file").click());
    $("file").addEventListener("change", () => {
      const files = [...$("file").files];
      $("file").value = ""; // so that the same file can be chosen again
      this.#upload(files);
    });
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", (event) => {
      event.preventDefault(); // or the browser goes to the file
      this.#upload([...event.dataTransfer.files]);
    });
    $("context-end").addEventListener("click", () => this.clear());
  }

  /** `quote`: a part of the message's text. */
  reply(message, quote = null) {
    this.#begin({ kind: "reply", message, quote });
  }

  edit(message) {
    this.#begin({ kind: "edit", message });
    this.write(textOf(message));
  }

  write(text) {
    $("text").value = text;
    $("text").focus();
    this.#onInput();
  }

  /** Says `text` as it is, without what is being written. */
  async say(text) {
    await this.#view.attempt(() => act("say", { ...this.#where(), text }));
  }

  /** Forgets the reply or edit; what was written of an edit too. */
  clear() {
    if (this.#about?.kind === "edit") $("text").value = "";
    this.#about = null;
    $("context").hidden = true;
    this.#close();
  }

  #begin(about) {
    this.clear();
    this.#about = about;
    const { message, quote } = about;
    const name = this.#view.world.nameOf(message.from);
    $("context-title").textContent = about.kind === "edit" ? word("editing") : word("replyTo", { name });
    $("context-text").textContent = quote ?? snippet(message, this.#view.world);
    $("context-text").className = quote ? "quoted" : "";
    $("context").hidden = false;
    $("text").focus();
  }

  #where() {
    const { chat, thread } = this.#view.place;
    return { by: this.#view.by, chat: chat.id, thread };
  }

  async #send(text) {
    if (!text.trim()) return;
    await this.#handOver((about, where) => {
      if (about?.kind === "edit") return act("edit", { by: where.by, chat: where.chat, message: about.message.message_id, text });
      return act("say", { ...where, text, reply_to: about?.message.message_id ?? null, quote: about?.quote ?? null });
    });
  }

  /** Files that are sent together are an album, whose first one has the caption. */
  async #upload(files) {
    if (!files.length) return;
    const album = files.length > 1 ? `${Date.now()}` : null;
    const text = $("text").value;
    await this.#handOver(async (about, where) => {
      const facts = { ...where, album, reply_to: about?.kind === "reply" ? about.message.message_id : null };
      for (const [index, file] of files.entries()) await upload(file, { ...facts, caption: index ? "" : text });
      return true;
    });
  }

  /**
   * Empties the field before `send(about, where)` is done, so that what is typed meanwhile is the next message. If it is refused,
   * what was written comes back, unless there is a next message.
   */
  async #handOver(send) {
    const text = $("text").value;
    const about = this.#about;
    const where = this.#where();
    this.#empty();
    if ((await this.#view.attempt(() => send(about, where))) || $("text").value) return;
    if (about) this.#begin(about);
    this.write(text);
  }

  #empty() {
    $("text").value = "";
    this.clear();
    this.#onInput();
    $("text").focus();
  }

  #onKey(event) {
    if (event.isComposing || onKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#send($("text").value);
    } else if (event.key === "Escape") {
      this.clear();
    } else if (event.key === "ArrowUp" && !$("text").value) {
      const last = this.#view.world.messagesIn(this.#view.place).findLast(({ message }) => message.from.id === this.#view.by && message.text);
      if (last) {
        event.preventDefault();
        this.edit(last.message);
      }
    }
  }

  #onInput() {
    const text = $("text").value;
    $("text").style.height = "auto";
    $("text").style.height = `${$("text").scrollHeight}px`;
    const query = new RegExp(`^@${this.#view.world.bot.username} (.*)$`, "is").exec(text);
    this.#close();
    if (query) this.#askInline(query[1]);
    else if (/^\/\w*$/.test(text)) this.#offerCommands(text);
  }

  /** Ends what was offered, and what is still on its way. */
  #close() {
    clearTimeout(this.#typing?.timer);
    this.#typing?.abort.abort();
    this.#typing = null;
    offer([]);
  }

  #openCommands() {
    if ($("text").value.startsWith("/")) this.write("");
    else this.write("/");
  }

  async #offerCommands(prefix) {
    const { by, chat } = this.#where();
    const found = await this.#view.attempt(() => act("menu", { by, chat }));
    if (!found || $("text").value !== prefix) return;
    const fitting = found.commands.filter(({ command }) => `/${command}`.startsWith(prefix));
    offer(fitting.map(({ command, description }) => this.#commandItem(`/${command}`, description)));
  }

  /** Sent at once, as in Telegram; Tab leaves room for words. */
  #commandItem(command, description) {
    return { title: command, text: description, take: () => this.#send(command), complete: () => this.write(`${command} `) };
  }

  #askInline(text) {
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      const { by, chat, thread } = this.#where();
      const found = await this.#view.attempt(() => act("inline", { by, chat, text }, abort.signal));
      if (!found || abort.signal.aborted) return;
      const results = found.answer?.results ?? [];
      const take = async (result) => {
        this.#empty();
        await this.#view.attempt(() => act("choose", { by, chat, thread, query: found.query, result }));
      };
      offer(results.map(({ id, title, description }) => ({ title, text: description, take: () => take(id) })));
    }, PAUSE);
    this.#typing = { timer, abort };
  }
}
