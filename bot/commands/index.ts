import type { CommandHandler, Registry } from '../registry.ts'
import { actCommand } from './act.ts'
import { help } from './help.ts'
import { status } from './status.ts'
import { watch } from './watch.ts'
import { whoami } from './whoami.ts'

export { looksLikeSecret } from './secrets.ts'
export { keepingOfCommand, runCommand } from './run-command.ts'
export { plainMessage } from './text.ts'

/** What each verb does. */
export const commands: Registry['commands'] = {
  status,
  watch,
  verify: actCommand('verify'),
  start: actCommand('start'),
  pause: actCommand('pause'),
  resume: actCommand('resume'),
  retry: actCommand('retry'),
  whoami,
  help,
}

/** What the slash command alone does. */
export const bare: CommandHandler = help
