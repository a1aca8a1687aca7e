"""Every word that the bot says of its own, a `Texts` per language. What documents say stays in their own words.

A language is one value of `Texts`: English here, the others in `bot.languages`. Whoever adds a text adds it to all of them; a test
sees to it that none is missing and that placeholders agree.
"""

from dataclasses import dataclass, field

from index.rendering import Phrases


@dataclass(frozen=True, slots=True)
class Texts:
    """The interface in one language, English by default. `answer`: the words around a quote."""

    answer: Phrases = field(default_factory=Phrases)

    previous: str = "« Previous"
    next: str = "Next »"
    more: str = "More"
    less: str = "Less"
    more_passages: str = "More: the nearest passages"
    source: str = "Source"
    source_gone: str = "I no longer have “{title}”: it was taken out of my documents."
    voted: str = "Thank you, noted."
    vote_withdrawn: str = "Your vote is taken back."

    description: str = (
        "Ask me about my documents, in your own words. I answer with their very words, quoted with the source, or tell you that they "
        "don't say.\n\nSend me a file here, and I answer from it too; add me to a group, and I answer there when asked."
    )
    about: str = "I answer from this team's documents, with a quote and its source."
    start: str = (
        "Hello! Ask me anything about my documents, in your own words. I answer with a quote and its source, or tell you that they "
        "don't say."
    )
    try_asking: str = "/sources lists what I have read, /search finds passages, /help tells the rest."
    help_private: str = (
        "Just write your question. If I misread it, edit your message and I edit my answer.\n\n"
        "/search words: the nearest passages, without an answer read out of them\n"
        "/sources: the documents that I answer from\n"
        "A file that you send (PDF, Word, text …), or /add and a note: I answer from it too, only here\n\n"
        "Below an answer, Next and Previous turn to other passages, More shows what stands around a quote, and Source gives "
        "its document. 👍 and 👎 tell the people who run me how good an answer was.\n\n"
        "What I can't answer well is kept for the people who run me, without your name, so that they can add it; then I tell you. "
        "/privacy tells more."
    )
    help_admins: str = "And since you run me: /stats tells what was asked, /gaps what my documents lack, and /doctor what works."
    help_group: str = (
        "Here you can ask me by\n{ways}\n\n/search{suffix} finds passages, /sources{suffix} lists my documents. "
        "Reply with /add{suffix} to a file or a message, and I answer from it here.\n\n"
        "What I can't answer well is kept for this group's administrators, who can add it (/gaps{suffix}); then I tell you. "
        "/privacy{suffix} tells more."
    )
    way_command: str = "• /ask{suffix} and your question"
    way_reply: str = "• replying to one of my messages"
    way_ask_reply: str = "• replying /ask{suffix} to somebody's message: I answer that"
    way_mention: str = "• mentioning {mention} in your message"
    way_question: str = "• just asking anybody: where I'm sure, I answer"
    added: str = "Hello! I answer from this team's documents, with a quote and its source."
    added_for_some: str = "Here I answer only those I was set up for; /pair with a code lets in the whole group."

    sources_heading: str = "I answer from {count} documents:"
    sources_heading_one: str = "I answer from one document:"
    sources_none: str = "I have no documents yet."
    sources_more: str = "… and {count} more."

    reading: str = "I'm reading “{name}” …"
    indexing: str = "I'm making “{name}” searchable … {percent} %"
    added_document: str = "✓ I have “{title}” now, and answer from it here."
    replaced_document: str = "✓ “{title}” is in the place of its earlier version now."
    replaced_other: str = "✓ “{title}” is in the place of “{before}” now."
    unchanged_document: str = "✓ I have “{title}” already, just like this."
    pages: str = "Pages: {count}"
    passages: str = "Passages: {count}"
    in_english: str = "English"
    try_this: str = "Try asking:"
    scanned: str = (
        "! Pages that are pictures without text: {pages}. I can't read those; run text recognition (OCR) over the file, and send it again."
    )
    broken: str = "! Pages that are damaged: {pages}. I have the others."
    only_shared: str = "! This chat is answered from everybody's documents only, so not from this one. That can be changed in /settings."
    unread_document: str = "! It doesn't seem to be in English, which is all that I read so far: I'll rarely find answers in it."
    ask_apart: str = "! I don't answer what is written beside a file. If it is a question, send it in a message of its own."
    not_read: str = "I can't take “{name}”: {reason}"
    not_fetched: str = "Telegram doesn't hand me “{name}” just now. Please send it again in a while."
    file_too_large: str = (
        "it is too large: more than {megabytes} MB, which bots can't fetch, or more text than a shelf of books. Please split it."
    )
    file_too_slow: str = "it takes too long to read. Please split it, or save it as plain text."
    file_protected: str = "it asks for a password. Please save it without one, and send it again."
    file_damaged: str = "it is damaged, or not what its name says. Please open it, save it anew, and send that."
    file_encoding: str = (
        "its letters are in an encoding that doesn't name itself, so that I'd misread them. Please save it as UTF-8 (in Excel: CSV UTF-8), "
        "and send that."
    )
    file_no_text: str = "there is no text in it. If these are scans, run text recognition (OCR) over them first."
    file_unknown: str = "I don't read this kind of file. I read {formats}; please save it as one of them."
    name_taken: str = "There is another document called “{name}” here, which only administrators and whoever brought it may replace."
    add_how: str = (
        "Send me a file, and I answer from it; or write a note after the command: /add The office key is with Ben. "
        "Reply with /add to a message to have me remember that."
    )
    add_how_group: str = (
        "Reply with /add{suffix} to a file or a message, write a note after the command, or send a file with /add{suffix} as its caption."
    )
    adding_admins: str = "Only this group's administrators add documents here; they can let everybody do so in /settings."
    own_sources: str = "This chat has {count} documents of its own. Tap a number to open, replace or remove one:"
    own_sources_one: str = "This chat has one document of its own. Tap its number to open, replace or remove it:"
    shared_sources: str = "And these are everybody's:"
    added_by: str = "Added by {adder} on {day}"
    open: str = "Open"
    replace: str = "Replace"
    remove: str = "Remove"
    to_sources: str = "« All documents"
    replace_how: str = (
        "Reply to this message with the new file, and it takes the place of this one. For a note, reply with /add and the new words."
    )
    really_remove: str = "Shall I forget “{title}”? I won't answer from it any more."
    yes_remove: str = "Yes, remove it"
    no_keep: str = "No, keep it"
    removed: str = "“{title}” is removed. I don't answer from it any more."
    document_gone: str = "This document was removed already."
    withdrawn_answer: str = "The document that this was from has been removed, so I can't show it any more."
    not_yours: str = "Only this group's administrators and whoever brought this document may change it."
    too_long_to_open: str = "“{title}” is too long to send here."

    empty_ask: str = "What would you like to know? Write it after the command: /ask when was it?"
    empty_ask_group: str = "What would you like to know? Write it after the command, or reply to somebody's message with /ask{suffix}."
    empty_search: str = "Which words shall I look for? Write them after the command: /search travel expenses"
    empty_mention: str = "Yes? Write your question beside my name, and I look it up."
    unknown_command: str = "I don't know that command. Write your question as it is, or see /help."
    only_text: str = "I can read text and documents only. Write your question, or send a file (PDF, Word, text …) and I answer from it."
    courtesy: str = "Happy to help! Ask me anything about the documents."
    greeting: str = "Hello! Ask me anything about the documents."
    disagreement: str = "If I misread you, edit your question, or give 👎."
    no_question: str = "There is no question in it that I could look up. Ask in a few words, such as: when was the office opened?"
    question_too_long: str = "That is longer than {most} characters. Please ask it in a sentence or two."
    withdrawn: str = "This question was taken back."

    not_served: str = (
        "I answer only the people I was set up for. If you should be one, ask whoever runs me for a code and send it here: "
        "/pair ABCD-EFGH. Or tell them your id: {id}."
    )
    not_served_chat: str = "I'm not set up for this chat. Whoever runs me can change that, by a code (/pair ABCD-EFGH) or its id: {id}."
    leaving: str = "I leave now: once you have a code, add me again and send it here."
    not_served_as_group: str = (
        "You write as the group, so I can't see who you are. Write as yourself, or let in the whole group: /pair ABCD-EFGH."
    )
    not_served_press: str = "These buttons are for the people I was set up for."
    press_gone: str = "This message can't be changed any more. Send its command once more, and I write you a new one."
    not_served_inline: str = "I answer only the people I was set up for"
    not_served_guest: str = (
        "I answer only the people I was set up for. If you should be one, write to me in private, and I tell you how to get in."
    )
    pair_how: str = "Write the code after the command: /pair ABCD-EFGH. Whoever runs me gets one with: citebot pair"
    pair_wrong: str = "This code isn't valid, or not any more. Whoever runs me can print a new one with: citebot pair"
    pair_slow: str = "Those were many tries. Please wait ten minutes before the next one."
    paired: str = "Welcome! From now on I answer you."
    paired_group: str = "Welcome! From now on I answer everybody here."
    too_many: str = "So many questions! I had to leave this one out: please ask it again in {seconds} seconds."
    too_many_presses: str = "Not so fast, please. Try again in {seconds} seconds."
    too_many_here: str = "One moment: in a group I may write only so often. Try again in {seconds} seconds."
    too_many_inline: str = "So many questions! One moment, please"
    privacy: str = (
        "I keep questions with my answers and the votes on them, so that buttons, edits and follow-ups work and the people who run me "
        "see what my documents lack. A group's administrators see their group's questions; mine see those from private chats, without "
        "names. When somebody adds what was lacking, I tell those who asked. "
        "My logs hold no questions, and nothing leaves the machine that I run on but what I write here and, where that is switched on, "
        "requests for the links that I am given."
    )
    kept_days: str = "All of this is erased after {days} days."
    kept_always: str = "The people who run me haven't set a day on which this is erased."
    privacy_documents: str = (
        "Documents that you give me are kept until somebody removes them (/sources): those of our private chat are for you alone, those of "
        "a group for its members, who see who brought them."
    )
    privacy_erase: str = (
        "/forgetme erases what you asked and how you voted, everywhere, and the documents of our private chat; I ask first, and what you "
        "gave to a group stays there."
    )
    really_forget: str = (
        "Shall I erase what you asked and how you voted, in every chat, and the documents of our private chat? Nobody can bring them back."
    )
    yes_forget: str = "Yes, erase it"
    nothing_forgotten: str = "Nothing is erased."
    forget_others: str = "This asks somebody else. To have yours erased, send /forgetme yourself."
    forgotten: str = (
        "Erased: what you asked and how you voted, in every chat, and the documents of our private chat. My messages stay where they are; "
        "delete them as you like."
    )
    forget_who: str = "You write as the group, so I don't know whose questions to erase. Please write as yourself, best in private."
    admins_only: str = "Only administrators can do this."
    admins_only_close: str = "Only this group's administrators can add what answers this."
    admins_only_private: str = "Only administrators can do this. Whoever runs me makes you one by your id, {id}, in CITEBOT_ADMINS."
    stats: str = "Questions: {questions} ({answered} answered, {perhaps} with a maybe, {none} not in my documents)\n👍 {up}  👎 {down}"
    gaps_most: str = "What my documents lack, the most asked first (page {page} of {pages}). A number opens one:"
    gaps_newest: str = "What my documents lack, the newest first (page {page} of {pages}). A number opens one:"
    gaps_none: str = "Nothing is open: no question that was left without an answer, and no answer with a 👎."
    gaps_all: str = "All that is lacking"
    digest: str = "What my documents couldn't tell since the last digest ({count}). A number opens one:"
    gaps_by_count: str = "Most asked first"
    gaps_by_date: str = "Newest first"
    gap_facts: str = "asked {count}×, people: {askers}, last on {last}"
    gap_said: str = "I said: {answer}"
    gap_how: str = (
        "Do you know it? Reply to this message with what answers it, {ways}: I add it to my documents, ask again and tell those who asked."
    )
    gap_how_private: str = (
        "Do you know it? Reply to this message with what answers it, {ways}: I add it to the documents of those who asked, ask again and "
        "tell them. For everybody, put it into the corpus folder."
    )
    gap_unread: str = "This is asked in a language that I don't read yet, so no document helps so far."
    gap_wordings: str = "How it was asked"
    gap_ask: str = "Ask again now"
    gap_dismiss: str = "Dismiss"
    gap_dismissed: str = "Dismissed. It comes back if somebody asks again or gives a 👎."
    gap_undo: str = "Bring it back"
    gap_what: str = "Please reply with {ways}: I can read nothing else."
    gap_ways: str = "a sentence or a file"
    gap_ways_links: str = "a sentence, a link or a file"
    gap_link: str = "I can't open links here. Please reply with the sentence itself, or with the page as a file."
    gap_link_failed: str = "I can't take what this link leads to: {reason}"
    link_forbidden: str = "I open only public pages whose address begins with https://. Please send the page as a file."
    link_dead: str = "it can't be reached, or not in time. Please look at it in a browser, and send the page as a file."
    link_too_large: str = "it is larger than {megabytes} MB. Please send the part that matters as a file."
    gap_asked: str = "Asked again: {answered} of {asked} questions have an answer now. People told: {told}."
    gap_added: str = "Added, and asked again: {answered} of {asked} questions have an answer now. People told: {told}."
    gap_in_vain: str = (
        "Added, and asked again, but I don't find the answer in it. I find best what is said in a whole sentence, with the question's own "
        "words, such as “The office closes at six.” Shall I keep this nevertheless?"
    )
    gap_keep: str = "Keep it"
    gap_remove: str = "Remove it"
    gap_kept: str = "Kept."
    gap_found: str = "You asked this before. Now I have found something:"
    gap_gone: str = "Nothing of this is open any more: it was closed, or its questions were erased."
    settings: str = "How I serve this chat. Tap to change:"
    settings_clock: str = "My clock: {time} ({zone}). Silent hours and digests go by it."
    setting_hears: str = "I answer: {choice}"
    setting_language: str = "Language: {choice}"
    setting_caution: str = "Answers: {choice}"
    setting_quiet: str = "Without a sound: {choice}"
    setting_digest: str = "Weekly digest of gaps: {choice}"
    setting_digest_hour: str = "Digest at: {choice}"
    hears_commands: str = "commands only"
    hears_called: str = "when I am called"
    hears_questions: str = "any question I'm sure of"
    language_automatic: str = "of whoever writes"
    caution_usual: str = "as usual"
    caution_careful: str = "only if quite sure"
    caution_strict: str = "only if very sure"
    quiet_never: str = "never"
    weekdays: str = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
    quiet_always: str = "always"
    setting_sources: str = "Sources: {choice}"
    sources_both: str = "this chat + shared"
    sources_own: str = "this chat only"
    sources_shared: str = "shared only"
    setting_adders: str = "Documents are added by: {choice}"
    adders_administrators: str = "administrators"
    adders_everybody: str = "everybody"
    doctor_private: str = "Here everything reaches me: just write your question."
    doctor_hears_all: str = "✓ I hear all messages here, mentions as well."
    doctor_hears_since: str = "✓ Privacy mode is off. If mentions still don't reach me, remove me and add me again."
    doctor_hears_commands: str = "✓ This group has chosen that I answer commands only. Administrators change that in /settings."
    doctor_hears_some: str = (
        "! I hear only commands and replies here. To let all messages reach me: make me an administrator, or send /setprivacy to "
        "@BotFather, then remove me and add me again."
    )
    doctor_reactions_on: str = "✓ I see reactions here: 👍 and 👎 count as votes."
    doctor_reactions_off: str = "! I don't see reactions here. Make me an administrator, or use the buttons to vote."
    doctor_inline_on: str = "✓ Inline mode is on: write my name and a question in any chat."
    doctor_inline_off: str = "! Inline mode is off. To switch it on: send /setinline to @BotFather."
    doctor_guest_on: str = "✓ Guest mode is on: I answer my name and a question also in chats that I'm not in."
    doctor_guest_off: str = "! Guest mode is off. To switch it on: @BotFather, /mybots, Bot Settings, Guest Mode."
    doctor_your_id: str = "Your id: {id}"
    doctor_chat_id: str = "This chat's id: {id}"
    doctor_documents: str = "! Shared documents that I couldn't read:\n{problems}"
    too_old: str = "I no longer remember this answer. Ask once more, and I look it up afresh."
    rush: str = "So many questions at once! Telegram lets me write only so fast, so I answer one after the other and forget none."
    overloaded: str = "I'm asked more than I can answer right now. Please ask again in a minute."
    failed: str = "Something went wrong on my side, not on yours. Please ask again in a moment."
    may_not_write: str = "I may not write or send files here. This group's administrators can let me."

    terminal_hello: str = "Ask me anything about my documents; /help tells more, /quit ends."
    terminal_help: str = (
        "Just write your question.\n"
        "/search words   the nearest passages, without an answer read out of them\n"
        "/sources        the documents that I answer from\n"
        "/next /previous other passages of the last answer\n"
        "/more /less     what stands around its quote\n"
        "/quit           the end"
    )
    terminal_no_page: str = "There is nothing to turn to. Ask a question first."
    terminal_disagreement: str = "If I misread you, ask again in other words."

    sandbox_at: str = "Talk to the bot in your browser: {address}"
    sandbox_end: str = "Nothing of it is kept, and nothing leaves this machine. Ctrl-C ends."
    sandbox_no_token: str = (
        "There is no TELEGRAM_BOT_TOKEN, so this is the sandbox. For a bot in Telegram: write to @BotFather there, send /newbot, put the "
        "token that it gives you into .env as TELEGRAM_BOT_TOKEN=…, and start me again. `citebot chat` talks here in the terminal."
    )
    sandbox_open: str = "Beware: at {host} whoever reaches this machine and knows the page's address can use the sandbox."

    menu_ask: str = "Ask a question"
    menu_search: str = "Find passages by words"
    menu_add: str = "Add a document or a note"
    menu_sources: str = "The documents I answer from"
    menu_privacy: str = "What I keep, and for how long"
    menu_settings: str = "How I serve this chat"
    menu_help: str = "How to ask"


ENGLISH = Texts()
