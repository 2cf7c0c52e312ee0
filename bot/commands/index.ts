import type { CommandHandler, Registry } from '../registry.ts'
import { help } from './help.ts'
import { whoami } from './whoami.ts'

export { looksLikeSecret } from './secrets.ts'
export { keepingOfCommand, runCommand } from './run-command.ts'
export { plainMessage } from './text.ts'

/** What each verb does. */
export const commands: Registry['commands'] = { help, whoami }

/** What the slash command alone does. */
export const bare: CommandHandler = help
