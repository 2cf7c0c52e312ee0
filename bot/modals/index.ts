import type { Registry } from '../registry.ts'
import { modalIds } from '../views/modals/ids.ts'
import { cancel } from './cancel.ts'
import { breakGlass, planCutover, reject } from './decide.ts'
import { mute } from './mute.ts'
import { newEndpoint } from './new-endpoint.ts'
import { newMigration } from './new-migration.ts'
import { schedule } from './schedule.ts'

export { openCancel } from './cancel.ts'
export { openBreakGlass, openPlan, openReject } from './decide.ts'
export { changeMuteDuration, openMute } from './mute.ts'
export { openNewEndpoint } from './new-endpoint.ts'
export { openNewMigration } from './new-migration.ts'
export { passwordLink } from './password-link.ts'
export { openSchedule } from './schedule.ts'
export { searchEndpoints, searchObjects } from './search.ts'

/** What becomes of modals that are submitted, by callback_id. */
export const modals: Registry['modals'] = {
  [modalIds.newMigration]: newMigration,
  [modalIds.schedule]: schedule,
  [modalIds.cancel]: cancel,
  [modalIds.mute]: mute,
  [modalIds.reject]: reject,
  [modalIds.breakGlass]: breakGlass,
  [modalIds.planCutover]: planCutover,
  [modalIds.newEndpoint]: newEndpoint,
}
