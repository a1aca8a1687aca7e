"""What the bot does on each kind of update; `bot.app` says which handler gets what."""
