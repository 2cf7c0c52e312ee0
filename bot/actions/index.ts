import { changeMuteDuration, passwordLink, searchEndpoints, searchObjects } from '../modals/index.ts'
import { inputActions } from '../views/blocks/inputs.ts'
import { moreEndpoints } from '../commands/endpoints.ts'
import { moreMigrations } from '../commands/list.ts'
import { help } from '../commands/help.ts'
import { compare } from '../commands/complete.ts'
import { watch } from '../commands/watch.ts'
import { publishHome } from '../events/index.ts'
import type { Registry } from '../registry.ts'
import { actionIds } from '../views/index.ts'
import { acknowledge } from './acknowledge.ts'
import { actButton } from './act.ts'
import { approve } from './approve.ts'
import { commandButton } from './command.ts'
import { execute } from './execute.ts'
import { open } from './open.ts'
import { show } from './show.ts'

/** What buttons and menus do, by action_id. */
export const actions: Registry['actions'] = {
  [actionIds.show]: show.card,
  [actionIds.lag]: show.lag,
  [actionIds.progress]: show.progress,
  [actionIds.checks]: show.checks,
  [actionIds.report]: show.report,
  [actionIds.cleanUp]: show.cleanUp,
  [actionIds.showPlan]: show.plan,
  [actionIds.compare]: commandButton(compare),
  [actionIds.watch]: commandButton(watch),
  [actionIds.verify]: actButton('verify'),
  [actionIds.start]: actButton('start'),
  [actionIds.unschedule]: actButton('unschedule'),
  [actionIds.pause]: actButton('pause'),
  [actionIds.resume]: actButton('resume'),
  [actionIds.retry]: actButton('retry'),
  [actionIds.unmute]: actButton('unmute'),
  [actionIds.approve]: approve,
  [actionIds.execute]: execute,
  [actionIds.acknowledge]: acknowledge,
  [actionIds.cancel]: open.cancel,
  [actionIds.schedule]: open.schedule,
  [actionIds.mute]: open.mute,
  [actionIds.plan]: open.plan,
  [actionIds.reject]: open.reject,
  [actionIds.breakGlass]: open.breakGlass,
  [actionIds.new]: open.newMigration,
  [actionIds.newEndpoint]: open.newEndpoint,
  [actionIds.passwordLink]: passwordLink,
  [inputActions.muteDuration]: changeMuteDuration,
  [actionIds.listMore]: moreMigrations,
  [actionIds.endpointsMore]: moreEndpoints,
  [actionIds.help]: { keeping: 'at once', run: (turn) => help.run(turn, []) },
  [actionIds.home]: { keeping: 'at once', run: publishHome },
}

/** What is offered in menus that are searched, by action_id. */
export const options: Registry['options'] = {
  [inputActions.endpoint]: searchEndpoints,
  [inputActions.object]: searchObjects,
}
