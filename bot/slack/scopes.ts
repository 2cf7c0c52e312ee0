/** All that the bot asks a workspace for; the manifest has the same. */
export const botScopes = [
  'chat:write',
  'commands',
  'im:write',
  'usergroups:read',
  'users:read',
  'users:read.email',
] as const
