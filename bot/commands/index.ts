import type { Registry } from '../registry.ts'
import { actCommand } from './act.ts'
import { compare, complete } from './complete.ts'
import { endpoints } from './endpoints.ts'
import { help } from './help.ts'
import { bare, list } from './list.ts'
import { cancel, cutover, mute, newMigration, schedule } from './open.ts'
import { status } from './status.ts'
import { watch } from './watch.ts'
import { whoami } from './whoami.ts'

export { looksLikeSecret } from './secrets.ts'
export { keepingOfCommand, runCommand } from './run-command.ts'

/** What each verb does. */
export const commands: Registry['commands'] = {
  new: newMigration,
  cutover,
  cancel,
  schedule,
  mute,
  list,
  endpoints,
  compare,
  complete,
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

export { bare }
