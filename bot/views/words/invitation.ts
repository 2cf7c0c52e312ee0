/** What to do where the bot is not in a channel; the name is that of the manifest. */
export const invitation = 'Invite me first: /invite @Godwit'
