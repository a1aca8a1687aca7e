// What the page knows: the people and chats that the sandbox opened with, and all that its journal has told since.

export const GENERAL = 1;
const SUPERGROUPS = -(10 ** 12); // their ids count down from here; their addresses name only the distance
const MESSAGE = /^https?:\/\/t\.me\/c\/(\d+)\/(?:\d+\/)?(\d+)(?:[?#]|$)/; // the topic, if there is one, is in the middle

export class World {
  constructor({ bot, people, chats, privacy }) {
    this.bot = bot;
    this.people = new Map(people.map((person) => [person.id, person]));
    this.chats = new Map();
    this.privacy = privacy;
    this.traffic = []; // updates and calls, oldest first
    chats.forEach((chat) => this.keepChat(chat));
  }

  keepChat(chat) {
    const topics = chat.topics && new Map(Object.entries(chat.topics).map(([thread, name]) => [Number(thread), name]));
    const known = this.chats.get(chat.id) ?? { messages: new Map() };
    this.chats.set(chat.id, Object.assign(known, chat, { topics }));
  }

  /** Takes in a line of the journal. A message is kept as { message, reactions, seen }. */
  take(entry) {
    const messages = this.chats.get(entry.chat)?.messages;
    switch (entry.kind) {
      case "posted":
      case "edited":
      case "reacted":
        messages.set(entry.message.message_id, entry);
        break;
      case "deleted":
        messages.delete(entry.message.message_id);
        break;
      case "chat":
        this.keepChat(entry);
        break;
      case "privacy":
        this.privacy = entry.on;
        break;
      case "update":
      case "call":
        this.traffic.push(entry);
        break;
    }
  }

  /** Where somebody can write: their chat with the bot, and the groups they are in, topic by topic. */
  placesOf(person) {
    const own = [...this.chats.values()].filter((chat) => chat.people.includes(person));
    return own.flatMap((chat) =>
      chat.topics ? [GENERAL, ...chat.topics.keys()].map((thread) => ({ chat, thread })) : [{ chat, thread: null }],
    );
  }

  /** The messages of a place, oldest first. */
  messagesIn({ chat, thread }) {
    return [...chat.messages.values()].filter((entry) => threadOf(chat, entry.message) === thread);
  }

  /** { chat, message } if an address is that of a message in one of the chats; without the message if it isn't there any more. */
  atAddress(address) {
    const [, chatNumber, messageNumber] = MESSAGE.exec(address) ?? [];
    const chat = this.chats.get(SUPERGROUPS - Number(chatNumber));
    return chat && { chat, message: chat.messages.get(Number(messageNumber))?.message };
  }

  nameOf(user) {
    return [user.first_name, user.last_name].filter(Boolean).join(" ");
  }

  /** The updates and calls that are about a message: those that carry it, reply to it, change it, or answer a press of its buttons. */
  trafficOf({ chat, message_id }) {
    const isIt = (where) => where?.chat?.id === chat.id && where.message_id === message_id;
    const presses = new Set();
    return this.traffic.filter((entry) => {
      if (entry.kind === "update") {
        const content = Object.values(entry.update).find((value) => typeof value === "object");
        if (isIt(content.message)) presses.add(content.id);
        return isIt(content) || isIt(content.message);
      }
      const { parameters, answer } = entry;
      const isNamed = [parameters.message_id, parameters.reply_parameters?.message_id].includes(message_id);
      return isIt(answer.result) || (parameters.chat_id === chat.id && isNamed) || presses.has(parameters.callback_query_id);
    });
  }
}

/** The topic of a message; null in chats without topics. */
export function threadOf(chat, message) {
  if (!chat.topics) return null;
  return message.is_topic_message ? message.message_thread_id : GENERAL;
}
