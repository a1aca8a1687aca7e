// What is asked of the sandbox. All addresses are relative to the page's own, which holds the key.

/** Does an act (see acts.py) and gives what it comes to; throws an Error with the sandbox's words if it is refused. */
export async function act(name, facts, signal) {
  return answerOf(await fetch(name, { method: "POST", body: JSON.stringify(facts), signal }));
}

export async function upload(file, facts) {
  const known = Object.entries(facts).filter(([, value]) => value !== null);
  const query = new URLSearchParams([...known, ["name", file.name], ["mime_type", file.type || "application/octet-stream"]]);
  return answerOf(await fetch(`upload?${query}`, { method: "POST", body: file }));
}

export async function read(name) {
  return answerOf(await fetch(name));
}

/** `onEntry(entry, number)` gets every line of the journal, from number 0 on; `onTrouble(isOffline)` when it stops or goes on. */
export function follow(onEntry, onTrouble) {
  const events = new EventSource("events");
  events.addEventListener("message", (event) => onEntry(JSON.parse(event.data), Number(event.lastEventId)));
  events.addEventListener("open", () => onTrouble(false));
  events.addEventListener("error", () => onTrouble(true));
}

async function answerOf(response) {
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}
