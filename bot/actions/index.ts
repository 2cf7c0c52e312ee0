import type { Registry } from '../registry.ts'
import { actionIds } from '../views/index.ts'
import { actButton } from './act.ts'

/** What buttons and menus do, by action_id. */
export const actions: Registry['actions'] = {
  [actionIds.verify]: actButton('verify'),
  [actionIds.start]: actButton('start'),
  [actionIds.unschedule]: actButton('unschedule'),
  [actionIds.pause]: actButton('pause'),
  [actionIds.resume]: actButton('resume'),
  [actionIds.retry]: actButton('retry'),
}

/** What is offered in menus that are searched, by action_id. */
export const options: Registry['options'] = {}
